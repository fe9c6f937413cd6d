"""An app's calls in numbers: how many, how many failed, how long they took (2.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from starlette.responses import Response

from shouyue.doors.portal.apps import mine
from shouyue.doors.web import pages
from shouyue.doors.web.routes import Page
from shouyue.doors.web.visits import Visit
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.types import STEPS, Hour

_HIGH = 100  # of a bar, in the drawing's own units
_PERCENT = 100


class Span(StrEnum):
    """How far back: a day by the hour, or a month by the day."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the chart: heights of good and failed calls of a hundred."""

    since: datetime
    calls: int
    errors: int
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Line:
    """One API in the table. `slow` is the step under which 95 of 100 calls stay; 0: above all."""

    api: str
    calls: int
    errors: int
    share: float
    mean: int
    slow: int


def stats(visit: Visit) -> Response:
    """GET /apps/{id}/stats."""
    app = mine(visit)
    span = Span.MONTH if visit.query("span") == Span.MONTH else Span.DAY
    width, count = (timedelta(days=1), 30) if span is Span.MONTH else (timedelta(hours=1), 24)
    found = traffic.hours(visit.db, app.id, width * count)
    end = visit.db.clock()
    starts = [end - width * (count - number) for number in range(count)]
    return pages.render(
        visit,
        "stats.html",
        app=app,
        span=span,
        bars=_bars(found, starts, width),
        lines=_lines(found),
        calls=sum(hour.calls for hour in found),
        errors=sum(hour.errors for hour in found),
    )


def _bars(found: Sequence[Hour], starts: Sequence[datetime], width: timedelta) -> list[Bar]:
    sums = [
        [hour for hour in found if start <= hour.since + timedelta(hours=1) < start + width]
        for start in starts
    ]
    most = max([sum(hour.calls for hour in hours) for hours in sums], default=0) or 1
    return [_bar(start, hours, most) for start, hours in zip(starts, sums, strict=True)]


def _bar(start: datetime, hours: Iterable[Hour], most: int) -> Bar:
    calls = errors = 0
    for hour in hours:
        calls, errors = calls + hour.calls, errors + hour.errors
    good = round((calls - errors) * _HIGH / most)
    return Bar(start, calls, errors, good, round(errors * _HIGH / most))


def _lines(found: Sequence[Hour]) -> list[Line]:
    by_api: dict[str, list[Hour]] = {}
    for hour in found:
        by_api.setdefault(hour.api, []).append(hour)
    lines = [_line(api, hours) for api, hours in by_api.items()]
    return sorted(lines, key=lambda line: (-line.calls, line.api))


def _line(api: str, hours: Sequence[Hour]) -> Line:
    calls, errors = sum(hour.calls for hour in hours), sum(hour.errors for hour in hours)
    took = [sum(counts) for counts in zip(*(hour.took for hour in hours), strict=True)]
    mean = round(sum(hour.millis for hour in hours) / calls)
    return Line(api, calls, errors, errors * _PERCENT / calls, mean, _slow(took, calls))


def _slow(took: Sequence[int], calls: int) -> int:
    seen = 0
    for step, count in zip(STEPS, took, strict=False):
        seen += count
        if seen * _PERCENT >= calls * 95:
            return step
    return 0


PAGES = (Page("/apps/{id}/stats", stats),)
