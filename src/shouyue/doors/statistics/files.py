"""Numbers to take away, as rows: calls by step of time and API, failures by sub code."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shouyue.doors.statistics import sums
from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.traffic.types import STEPS, Fault, Hour

Rows = list[Sequence[object]]


def calls(found: Sequence[Hour], begun: Sequence[datetime]) -> Rows:
    """Return one line for each step and API with calls, the oldest first; times in Beijing."""
    steps = [f"at_most_{step}_ms" for step in STEPS] + [f"above_{STEPS[-1]}_ms"]
    rows: Rows = [
        ("since", "api", "calls", "errors", "mean_ms", "p50_ms", "p95_ms", "octets", *steps)
    ]
    for since, group in _by_step(found, begun):
        for api, one in sorted(sums.by_api(group)):
            times = (one.mean, sums.limit(one.half), sums.limit(one.most))
            rows.append((_moment(since), api, one.calls, one.errors, *times, one.octets, *one.took))
    return rows


def faults(found: Iterable[Fault]) -> Rows:
    """Return one line for each hour, API and sub code, the oldest first; times in Beijing."""
    rows: Rows = [("since", "api", "sub_code", "calls")]
    rows += [(_moment(one.since), one.api, one.reason, one.calls) for one in found]
    return rows


def _by_step(
    found: Sequence[Hour], begun: Sequence[datetime]
) -> Iterable[tuple[datetime, list[Hour]]]:
    width = begun[1] - begun[0]
    for since in begun:
        yield since, [hour for hour in found if since <= hour.since < since + width]


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="minutes")
