"""Pure sums: hours of calls by the steps of a chart and by API, and how long calls took.

The times of calls are counted by `traffic.types.STEPS`, so a quantile is the step under which it
lies, not a measured time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.traffic.types import STEPS, Fault, Hour

_PERCENT = 100
_HALF, _MOST = 50, 95


class Span(StrEnum):
    """How far back: a day by the hour, a week by six hours, a month by the day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_STEPS = {
    Span.DAY: (timedelta(hours=1), 24),
    Span.WEEK: (timedelta(hours=6), 28),
    Span.MONTH: (timedelta(days=1), 30),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """What calls of one step of time, or of one API, came to. Times in milliseconds.

    `half` and `most` are the places in STEPS under which 50 and 95 of 100 calls stay; one more than
    there are steps: above all of them. None: there were no calls.
    """

    calls: int = 0
    errors: int = 0
    millis: int = 0
    octets: int = 0
    took: tuple[int, ...] = (0,) * (len(STEPS) + 1)

    @property
    def mean(self) -> int:
        """The mean time; 0 without calls."""
        return round(self.millis / self.calls) if self.calls else 0

    @property
    def share(self) -> float:
        """How many of a hundred calls failed."""
        return self.errors * _PERCENT / self.calls if self.calls else 0.0

    @property
    def half(self) -> int | None:
        """The step under which half of the calls stay."""
        return _place(self.took, _HALF)

    @property
    def most(self) -> int | None:
        """The step under which 95 of 100 calls stay."""
        return _place(self.took, _MOST)


def starts(span: Span, now: datetime) -> list[datetime]:
    """Return when each step of a chart begins, the oldest first; the last one holds `now`.

    Steps begin on whole hours, days and quarters of days in Beijing.
    """
    width, count = _STEPS[span]
    there = now.astimezone(BEIJING)
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    last = midnight + (there - midnight) // width * width
    return [last - width * (count - 1 - number) for number in range(count)]


def by_step(found: Iterable[Hour], begun: Sequence[datetime]) -> list[Sum]:
    """Return the sums of each step, also of those without calls."""
    width = begun[1] - begun[0]
    groups: list[list[Hour]] = [[] for _ in begun]
    for hour in found:
        place = (hour.since - begun[0]) // width
        if 0 <= place < len(begun):
            groups[place].append(hour)
    return [total(group) for group in groups]


def by_api(found: Iterable[Hour]) -> list[tuple[str, Sum]]:
    """Return the sums of each API, the most called first."""
    groups: dict[str, list[Hour]] = {}
    for hour in found:
        groups.setdefault(hour.api, []).append(hour)
    sums = [(api, total(group)) for api, group in groups.items()]
    return sorted(sums, key=lambda one: (-one[1].calls, one[0]))


def by_reason(found: Iterable[Fault]) -> list[tuple[str, int]]:
    """Return how many calls failed for each reason, the most frequent first."""
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.reason] += one.calls
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def total(hours: Iterable[Hour]) -> Sum:
    """Return what hours come to together."""
    every = list(hours)
    return Sum(
        calls=sum(hour.calls for hour in every),
        errors=sum(hour.errors for hour in every),
        millis=sum(hour.millis for hour in every),
        octets=sum(hour.octets for hour in every),
        took=tuple(map(sum, zip(*(hour.took for hour in every), strict=True))) or Sum().took,
    )


def limit(place: int | None) -> str:
    """Return a step in words, in milliseconds: `≤ 30`, `> 1000`, or nothing without calls."""
    if place is None:
        return ""
    return f"≤ {STEPS[place]}" if place < len(STEPS) else f"> {STEPS[-1]}"


def _place(took: Sequence[int], percent: int) -> int | None:
    seen, calls = 0, sum(took)
    for place, count in enumerate(took):
        seen += count
        if calls and seen * _PERCENT >= calls * percent:
            return place
    return None
