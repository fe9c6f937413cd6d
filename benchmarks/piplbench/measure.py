"""Run the workloads on every side, window by window in turn, and check each answer."""

import gc
import os
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.piplbench.mixes import MIXES, Mix, make
from benchmarks.piplbench.oracle import Answer, Model, Op, expect
from benchmarks.piplbench.records import BYTES, Record
from benchmarks.piplbench.space import Part, total

WINDOW = 50
"""Operations that one side does before it is another's turn, so that noise meets all."""

_TICK = 1 / os.sysconf("SC_CLK_TCK")

UNANSWERED = frozenset({"get-logs", "verify-deletion"})
"""What an unprotected side cannot answer: it has no evidence."""


class Side(Protocol):
    """One way of holding the records."""

    name: str

    def load(self, records: Sequence[Record]) -> None:
        """Fill an empty database."""

    def do(self, op: Op) -> Answer:
        """Do one operation in a transaction of its own."""

    def settle(self) -> None:
        """Do what a worker would do meanwhile."""

    def content(self) -> dict[tuple[str, str], str]:
        """Return the data of every record."""

    def parts(self) -> list[Part]:
        """Return what each table takes."""

    def servers(self) -> list[int]:
        """Return the processes that serve it."""

    def client(self) -> "Side":
        """Return the same with connections of its own, for another process."""

    def close(self) -> None:
        """End."""


@dataclass(slots=True)
class Took:
    """What one side needed for one workload. Times in seconds, each verb's apart.

    `processor` is the time of processors, client and server together.
    """

    seconds: float = 0.0
    processor: float = 0.0
    each: dict[str, list[float]] = field(default_factory=dict)
    violations: int = 0
    able: bool = True

    def p(self, share: float) -> float:
        """Return a percentile of all operations, in milliseconds."""
        return percentile([one for times in self.each.values() for one in times], share)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One workload on every side, by name."""

    mix: Mix
    operations: int
    took: dict[str, Took]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes that each side takes for so many bytes of personal data, after loading.

    `seconds` is what loading took.
    """

    personal: int
    parts: dict[str, list[Part]]
    seconds: dict[str, float]

    def factor(self, side: str) -> float:
        """Return how many bytes a side stores for one of personal data."""
        return total(self.parts[side]) / self.personal


def percentile(times: Sequence[float], share: float) -> float:
    """Return a percentile of times in seconds, in milliseconds."""
    if not times:
        return 0.0
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def median(times: Sequence[float]) -> float:
    """Return the median of times in seconds, in milliseconds."""
    return statistics.median(times) * 1000


def load(model: Model, sides: Sequence[Side]) -> Sizes:
    """Fill every side with the model's records and return what that takes."""
    records = [model.records[key] for key in sorted(model.records)]
    took = {}
    for side in sides:
        start = time.perf_counter()
        side.load(records)
        took[side.name] = time.perf_counter() - start
    return Sizes(len(records) * BYTES, {side.name: side.parts() for side in sides}, took)


def run(model: Model, sides: Sequence[Side], operations: int) -> list[Outcome]:
    """Run every workload and return what each side took."""
    return [_workload(model, sides, mix, operations) for mix in MIXES]


def compare(model: Model, sides: Sequence[Side]) -> dict[str, int]:
    """Return for each side how many records differ from the model's at the end."""
    right: dict[tuple[str, str], str] = {
        (of, item.value): record.data for (of, item), record in model.records.items()
    }
    found = {}
    for side in sides:
        told = side.content()
        wrong = {key for key in told.keys() | right.keys() if told.get(key) != right.get(key)}
        found[side.name] = len(wrong)
    return found


def new_model(seed: int, records: Sequence[Record]) -> Model:
    """Return a model with these records."""
    dice = random.Random(seed)  # noqa: S311 - a benchmark's dice
    model = Model(dice, {(one.subject, one.item): one for one in records})
    model.start()
    return model


def _workload(model: Model, sides: Sequence[Side], mix: Mix, operations: int) -> Outcome:
    took = {side.name: Took() for side in sides}
    for side in sides:
        # Whoever cannot answer a workload's questions has no time for it.
        unable = UNANSWERED & mix.shares.keys() and side.name.endswith("unprotected")
        took[side.name].able = not unable
    verbs = mix.draw(model, operations)
    for turn, first in enumerate(range(0, operations, WINDOW)):
        wanted: list[tuple[Op, Answer]] = []
        for verb in verbs[first : first + WINDOW]:
            op = make(model, mix, verb)
            if op is not None:
                wanted.append((op, expect(model, op)))
        for at in range(len(sides)):
            side = sides[(at + turn) % len(sides)]
            if took[side.name].able:
                _window(side, wanted, took[side.name])
    return Outcome(mix, operations, took)


def _window(side: Side, wanted: Sequence[tuple[Op, Answer]], took: Took) -> None:
    servers, answers = side.servers(), []
    gc.freeze()  # the model and what is asked are no side's: no collector walks through them
    before = _processor(servers)
    for op, _ in wanted:
        start = time.perf_counter()
        answers.append(side.do(op))
        spent = time.perf_counter() - start
        took.seconds += spent
        took.each.setdefault(op.verb, []).append(spent)
    start = time.perf_counter()
    side.settle()
    took.seconds += time.perf_counter() - start
    took.processor += _processor(servers) - before
    took.violations += sum(told != right for told, (_, right) in zip(answers, wanted, strict=True))


def _processor(servers: Sequence[int]) -> float:
    """Return the processor seconds of this process and of those servers that run here."""
    spent = time.process_time()
    for pid in servers:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
            spent += (int(fields[11]) + int(fields[12])) * _TICK
    return spent
