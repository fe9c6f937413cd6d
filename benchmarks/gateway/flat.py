"""Whether a call costs the same with few apps and grants as with many.

    python -m benchmarks.gateway.flat [APPS...]     # 10 1000 100000 unless given

For each size of a house (ten grants to an app), in a process of its own: how long the first call
takes from nothing, what a warm call costs with few and with all apps calling in turn, and the
memory of an app and a token held. A call is handed to the gateway without sockets and answered by
an upstream in memory; its line of the access log and its count are written to SQLite, as in
production. Processor time of all threads, the best of several rounds.
"""

import asyncio
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.gateway import crowd, prepare
from benchmarks.gateway.profile import Memory
from shouyue.assembly import memory
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.types import Call

_GRANTS, _FEW, _CALLS, _ROUNDS, _AT_ONCE = 10, 10, 10_000, 3, 64
_PATH = "/" + prepare.ITEM.replace(".", "/")


def main(sizes: Sequence[int]) -> None:
    """Measure each size and print a table."""
    print("| apps | grants | calling | first call ms | us a call | to the smallest | held, kB |")
    print("|---|---|---|---|---|---|---|")
    base = 0.0
    for apps in sizes:
        said = subprocess.run(
            [sys.executable, "-m", "benchmarks.gateway.flat", "one", str(apps)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for line in said.splitlines():
            calling, first, took, held = line.split()
            base = base or float(took)
            ratio = f"{float(took) / base:.2f}"
            print(
                f"| {apps:,} | {apps * _GRANTS:,} | {int(calling):,} | {first} | {took} "
                f"| {ratio} | {held} |",
                flush=True,
            )


def one(apps: int) -> None:
    """Measure one size, in this process."""
    with crowd.opened(crowd.Crowd(apps, apps * _GRANTS), 10**9) as (_, folder):
        asyncio.run(_measure(folder, apps))


async def _measure(folder: Path, apps: int) -> None:
    way = Memory((folder / "item.json").read_bytes())
    begun = time.perf_counter()
    store = prepare.store_at(crowd.address(folder), folder)
    door = Gateway(store, Upstream(way, "secret", prepare.now))
    await _ask(door, _calls(iter([0])))
    first = (time.perf_counter() - begun) * 1000
    memory.settle()
    for calling in dict.fromkeys((min(_FEW, apps), apps)):
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await _warm(door, calling)
        held = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / calling
        step = max(1, calling // _CALLS)
        took = [await _round(door, calling, step) for _ in range(_ROUNDS)]
        kept = f"{held:.1f}" if calling > 10 * _FEW else "-"
        print(calling, f"{first:.0f}", f"{min(took):.1f}", kept)
    await door.close()
    store.close()


async def _warm(door: Gateway, calling: int) -> None:
    numbers = iter(range(calling))
    while part := list(islice(numbers, _AT_ONCE)):
        await _ask(door, _calls(iter(part)))


async def _round(door: Gateway, calling: int, step: int) -> float:
    calls = list(_calls(number * step % calling for number in range(_CALLS)))
    begun = time.process_time()
    for at in range(0, len(calls), _AT_ONCE):
        await _ask(door, calls[at : at + _AT_ONCE])
    return (time.process_time() - begun) / len(calls) * 1_000_000


async def _ask(door: Gateway, calls: Sequence[Call] | Iterator[Call]) -> None:
    answers = await asyncio.gather(*(door.handle(call) for call in calls))
    if not all(answer.body.startswith(b'{"result":1,') for answer in answers):
        raise RuntimeError(answers[0].body.decode())


def _calls(numbers: Iterator[int]) -> Iterator[Call]:
    for query in crowd.queries(numbers):
        yield Call("GET", _PATH, query.encode(), {"host": "127.0.0.1"}, b"", "127.0.0.1")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or [10, 1_000, 100_000])
