"""Where a call's processor time goes: `python -m benchmarks.gateway.profile [CALLS] [LINES]`.

The plain handle over an upstream in memory, so no socket and no second process disturbs it. Prints
the processor time of one call (all threads of ours), then the functions that took the most. The
figure is the best of several rounds: other work on the machine only makes a round worse.
"""

import asyncio
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.gateway import prepare
from benchmarks.gateway.run import upstream_answers
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.types import Call, Pieces

_APPS, _ROUNDS, _AT_ONCE = 400, 5, 64


class Memory:
    """An upstream that answers at once with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        """Answer so."""
        self._answer = answer

    async def post(
        self, path: bytes, headers: bytes, body: bytes | Pieces, seconds: float, *, again: bool
    ) -> tuple[int, bytes]:
        """Return the answer."""
        del path, headers, body, seconds, again
        return 200, self._answer

    async def close(self) -> None:
        """Nothing is open."""


def main(calls: int, lines: int) -> None:
    """Measure an item's call and a page of orders."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        upstream_answers(folder)
        url = prepare.prepare(folder, _APPS, calls)
        for kind in ("item", "orders"):
            store = prepare.store_at(url, folder)
            way = Memory((folder / f"{kind}.json").read_bytes())
            door = Gateway(store, Upstream(way, "secret", prepare.now))
            asked = _asked(folder / f"calls-{kind}.txt")
            asyncio.run(_measure(door, kind, asked, lines))
            store.close()


async def _measure(door: Gateway, kind: str, asked: Sequence[Call], lines: int) -> None:
    await _round(door, asked)  # fills what is held in memory
    took = [await _round(door, asked) for _ in range(_ROUNDS)]
    print(f"{kind}: {min(took):.1f} us a call, {len(asked)} calls, best of {_ROUNDS}")
    if lines:
        profile = cProfile.Profile()
        profile.enable()
        await _round(door, asked)
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(lines)
    await door.close()


async def _round(door: Gateway, asked: Sequence[Call]) -> float:
    begun = time.process_time()
    for start in range(0, len(asked), _AT_ONCE):
        group = asked[start : start + _AT_ONCE]
        answers = await asyncio.gather(*(door.handle(call) for call in group))
        if not all(answer.body.startswith(b'{"result":1,') for answer in answers):
            raise RuntimeError(answers[0].body.decode())
    return (time.process_time() - begun) / len(asked) * 1_000_000


def _asked(file: Path) -> list[Call]:
    headers = {"host": "127.0.0.1:8303"}
    parts = [line.partition("?") for line in file.read_text().splitlines()]
    return [
        Call("GET", path, query.encode(), headers, b"", "127.0.0.1") for path, _, query in parts
    ]


if __name__ == "__main__":
    main(*map(int, (sys.argv[1:] + ["2000", "0"][len(sys.argv) - 1 :])[:2]))
