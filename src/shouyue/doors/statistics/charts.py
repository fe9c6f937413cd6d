"""Where the marks of a chart lie, in the drawing's own units; the page draws them as SVG.

A drawing is stretched to the page, so it holds no words: scales and dates stand beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from shouyue.doors.statistics.sums import Sum
from shouyue.platform.traffic.types import STEPS

HIGH = 100
WIDE = 10
"""Of one step of time."""

_GAP = 1.5
_LEVELS = len(STEPS) + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """A mark from `y` downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Stack:
    """The calls of one step: those that went well at the bottom, those that failed on them."""

    good: Bar
    bad: Bar


@dataclass(frozen=True, slots=True)
class Reach:
    """The times of one step: from the step of half of the calls to that of 95 of 100."""

    span: Bar
    half: Bar
    most: Bar


def top(values: Sequence[int]) -> int:
    """Return a round number at or above all values, at least 1: the top of the scale."""
    most = max(values, default=0)
    if most <= 1:
        return 1
    digit = int(10 ** int(log10(most)))
    return next(step * digit // 2 for step in range(2, 21) if step * digit // 2 >= most)


def stacks(sums: Sequence[Sum], most: int) -> list[Stack]:
    """Return the calls of each step. One that failed is seen, however many went well."""
    found = []
    for place, one in enumerate(sums):
        bad = max(1.0, one.errors * HIGH / most) if one.errors else 0.0
        good = min((one.calls - one.errors) * HIGH / most, HIGH - bad)
        found.append(
            Stack(_bar(place, HIGH - good, good), _bar(place, HIGH - good - bad, bad)),
        )
    return found


def reaches(sums: Sequence[Sum]) -> list[Reach]:
    """Return the times of each step with calls."""
    found = []
    for place, one in enumerate(sums):
        half, most = one.half, one.most
        if half is None or most is None:
            continue
        low, high = _level(half), _level(most)
        found.append(
            Reach(
                _bar(place, high, low - high),
                _bar(place, low - 1, 2),
                _bar(place, high - 1, 2),
            )
        )
    return found


def share(part: int, whole: int) -> float:
    """Return how much of a line of a hundred units is filled."""
    return min(100.0, ceil(part * 1000 / whole) / 10) if whole > 0 and part > 0 else 0.0


def levels() -> list[str]:
    """Return the scale of times, the longest first, in milliseconds."""
    return [f"> {STEPS[-1]}", *(f"≤ {step}" for step in reversed(STEPS))]


def _level(place: int) -> float:
    return HIGH - (place + 0.5) * HIGH / _LEVELS


def _bar(place: int, y: float, height: float) -> Bar:
    return Bar(place * WIDE + _GAP, round(y, 2), WIDE - 2 * _GAP, round(height, 2))
