"""Several clients at once, each a process with connections of its own, on one side at a time.

People and purposes are parted among the clients, so that every answer has one right form whoever
comes first: of an answer about everybody, a client compares what concerns its own people. The
parent process does the worker's part meanwhile: it puts the evidence in order.
"""

import gc
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from benchmarks.piplbench.house import BEAT
from benchmarks.piplbench.measure import Side, percentile
from benchmarks.piplbench.mixes import MIXES, Mix, make
from benchmarks.piplbench.oracle import WHOLE, Answer, Model, Op, concerns, expect

COUNTS = (1, 8)
_FORK = multiprocessing.get_context("fork")

Wanted = list[tuple[Op, Answer]]


@dataclass(frozen=True, slots=True)
class Crowd:
    """One workload by so many clients on one side; seconds until all its evidence is signed."""

    mix: Mix
    clients: int
    side: str
    operations: int
    seconds: float
    p95: float
    violations: int

    @property
    def per_s(self) -> float:
        """Return operations a second."""
        return self.operations / max(self.seconds, 1e-9)


def run(model: Model, sides: Sequence[Side], operations: int) -> list[Crowd]:
    """Run the shipped mix of each judged workload by one client and by several, on each side."""
    found = []
    for mix in MIXES:
        if mix.source != "shipped":
            continue
        for count in COUNTS:
            parts = [model.part(number, count) for number in range(count)]
            wanted = [_wanted(part, mix, operations // count) for part in parts]
            found += [_crowd(mix, side, parts, wanted) for side in sides]
    return found


def _wanted(model: Model, mix: Mix, operations: int) -> Wanted:
    made = (make(model, mix, verb) for verb in mix.draw(model, operations))
    return [(op, expect(model, op)) for op in made if op is not None]


def _crowd(mix: Mix, side: Side, parts: Sequence[Model], wanted: Sequence[Wanted]) -> Crowd:
    ready = _FORK.Barrier(len(parts) + 1)
    ends: list[Connection] = []
    clients: list[Any] = []
    for part, theirs in zip(parts, wanted, strict=True):
        end, far = _FORK.Pipe(duplex=False)
        task = side, part, theirs, ready, far
        clients.append(_FORK.Process(target=_client, args=task))
        clients[-1].start()
        far.close()
        ends.append(end)
    ready.wait()
    start = time.perf_counter()
    took, wrong = [], 0
    while ends:
        told = wait(ends, timeout=BEAT)
        for end in [one for one in ends if one in told]:
            theirs_took, theirs_wrong = end.recv()
            took += theirs_took
            wrong += theirs_wrong
            ends.remove(end)
        side.settle()
    seconds = time.perf_counter() - start
    for client in clients:
        client.join()
    return Crowd(mix, len(parts), side.name, len(took), seconds, percentile(took, 0.95), wrong)


def _client(side: Side, model: Model, wanted: Wanted, ready: Any, far: Connection) -> None:
    mine, took, answers = side.client(), [], []
    mine.servers()  # connected before it begins
    gc.freeze()
    ready.wait()
    for op, _ in wanted:
        start = time.perf_counter()
        told = mine.do(op)
        took.append(time.perf_counter() - start)
        if op.verb == WHOLE and isinstance(told, dict):
            told = {key: one for key, one in told.items() if concerns(model.own, key)}
        answers.append(told)
    wrong = sum(told != right for told, (_, right) in zip(answers, wanted, strict=True))
    mine.close()
    far.send((took, wrong))
