"""What a refused call costs beside a good one: `python -m benchmarks.gateway.refusals`.

Each kind is handed to the gateway a few thousand times without sockets; the figure is the
processor time of a call, all threads, the best of several rounds, as a ratio to a good call of the
same round. A flood of refused calls must cost less than as many good ones.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from benchmarks.gateway import crowd, prepare
from benchmarks.gateway.profile import Memory
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.types import Call

_APPS, _CALLS, _LARGE, _ROUNDS, _AT_ONCE = 50, 2_000, 50, 5, 500
_PATH = "/" + prepare.ITEM.replace(".", "/")
_FRESH = count(1)
_HOST = {"host": "127.0.0.1"}
_FORM = {**_HOST, "content-type": "application/x-www-form-urlencoded"}


def main() -> None:
    """Measure each kind and print a table."""
    with crowd.opened(crowd.Crowd(_APPS, _APPS), 10**9) as (store, folder):
        way = Memory((folder / "item.json").read_bytes())
        door = Gateway(store, Upstream(way, "secret", prepare.now))
        asyncio.run(_measure(door))


async def _measure(door: Gateway) -> None:
    best: dict[str, float] = {}
    for _ in range(_ROUNDS):
        for name, calls in {**_kinds(), **_large()}.items():
            took = await _round(door, calls)
            best[name] = min(took, best.get(name, took))
    await door.close()
    print("| a call that | us | to a good one as large |")
    print("|---|---|---|")
    for name, took in best.items():
        base = best["is good and has 1 MB" if "1 MB" in name else "is good"]
        print(f"| {name} | {took:.1f} | {took / base:.2f} |")


async def _round(door: Gateway, calls: Sequence[Call]) -> float:
    begun = time.process_time()
    for at in range(0, len(calls), _AT_ONCE):
        await asyncio.gather(*(door.handle(call) for call in calls[at : at + _AT_ONCE]))
    return (time.process_time() - begun) / len(calls) * 1_000_000


def _kinds() -> Mapping[str, Sequence[Call]]:
    changed = {
        "has a wrong signature": {"sign": "x"},
        "has an old timestamp": {"timestamp": "1500000000000"},
        "lacks a parameter": {"signMethod": ""},
        "names no API": {"method": "open.no.such"},
        "is of no app, the same each time": {"appkey": f"ks{1:018d}0"},
    }
    kinds = {"is good": _calls({}), **{name: _calls(other) for name, other in changed.items()}}
    whole = [call.query for call in kinds["is good"]]
    kinds["is of no app, another each time"] = [
        _call(query.replace(b"appkey=ks0", b"appkey=ks9%07d" % next(_FRESH), 1)) for query in whole
    ]
    strange = crowd.queries(_numbers(), token=lambda: f"token-of-nobody-{next(_FRESH)}")
    kinds["has a good signature and no token of ours"] = [_call(one.encode()) for one in strange]
    kinds["is against its path"] = [
        Call("GET", "/open/item/list/get", query, _HOST) for query in whole
    ]
    kinds["says a thing twice"] = [_call(query + b"&method=open.other") for query in whole]
    kinds["is not UTF-8"] = [_call(query + b"&x=%ff") for query in whole]
    kinds["is neither GET nor POST"] = [Call("PUT", _PATH, query, _HOST) for query in whole]
    return kinds


def _large() -> Mapping[str, Sequence[Call]]:
    """Calls of 1 MB: a good one first."""
    numbers, fill = range(_LARGE), {"kwaiItemId": 21300000000001, "note": "x" * 950_000}
    bodies = [query.encode() for query in crowd.queries(iter(numbers), param=fill)]
    return {
        "is good and has 1 MB": [Call("POST", _PATH, b"", _FORM, body) for body in bodies],
        "has 1 MB and a wrong signature": [
            Call("POST", _PATH, b"", _FORM, body + b"x") for body in bodies
        ],
        "has 1 MB and no sense": [Call("POST", _PATH, b"", _FORM, b"x" * 950_000)] * _LARGE,
    }


def _calls(other: Mapping[str, str]) -> list[Call]:
    return [_call(query.encode()) for query in crowd.queries(_numbers(), other=other)]


def _numbers() -> Iterator[int]:
    return (number % _APPS for number in range(_CALLS))


def _call(query: bytes) -> Call:
    return Call("GET", _PATH, query, _HOST, b"", "127.0.0.1")


if __name__ == "__main__":
    main()
