"""What limits that gateways share cost a call: `python -m benchmarks.gateway.shared REDIS_URL`.

Calls of fifty apps without sockets, with a Redis and without in turn; processor time of ours, the
best of several rounds, and how many questions the Redis was asked for them.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from benchmarks.gateway import crowd, prepare
from benchmarks.gateway.profile import Memory
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.limits.service import Pot
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.counters import Counters
from shouyue.doors.wire.types import Call
from shouyue.platform.quotas.shares import Want

_APPS, _CALLS, _ROUNDS, _AT_ONCE = 50, 5_000, 5, 64
_PATH = "/" + prepare.ITEM.replace(".", "/")


class Counted(Counters):
    """Counters that count how often they are asked."""

    asked = 0

    async def lease(self, wants: Sequence[Want]) -> list[int]:
        """Ask, and count it."""
        self.asked += 1
        return await super().lease(wants)


def main(url: str) -> None:
    """Measure both and print them."""
    with crowd.opened(crowd.Crowd(_APPS, _APPS), 1_000) as (store, folder):
        asyncio.run(_measure(store, folder, url))


async def _measure(store: prepare.Store, folder: Path, url: str) -> None:
    counters, notes = Counted(url), count()
    way = Upstream(Memory((folder / "item.json").read_bytes()), "secret", prepare.now)
    doors = {
        "alone": Gateway(store, way),
        "sharing": Gateway(store, way, pot=Pot(counters, lambda _kind, _where: print(next(notes)))),
    }
    best = dict.fromkeys(doors, float("inf"))
    for _ in range(_ROUNDS):
        for name, door in doors.items():
            counters.asked = 0
            best[name] = min(best[name], await _round(door))
    for name, took in best.items():
        print(f"{name}: {took:.1f} us a call")
    print(f"{_CALLS} calls asked {counters.asked} times")
    for door in doors.values():
        await door.close()


async def _round(door: Gateway) -> float:
    queries = crowd.queries(number % _APPS for number in range(_CALLS))
    host = {"host": "127.0.0.1"}
    calls = [Call("GET", _PATH, query.encode(), host, b"", "127.0.0.1") for query in queries]
    begun = time.process_time()
    for at in range(0, len(calls), _AT_ONCE):
        answers = await asyncio.gather(*(door.handle(call) for call in calls[at : at + _AT_ONCE]))
        if not all(answer.body.startswith(b'{"result":1,') for answer in answers):
            raise RuntimeError(answers[0].body.decode())
    return (time.process_time() - begun) / len(calls) * 1_000_000


if __name__ == "__main__":
    main(sys.argv[1])
