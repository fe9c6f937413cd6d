"""Pure sums over calls, and how long what is kept."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from shouyue.platform.traffic.types import STEPS, Fault, Hour, Made

SUCCESS = 1
DIAGNOSED = timedelta(days=7)
"""How long a developer may look a single call up."""

KEPT = timedelta(days=366)
"""How long the line stays: at least six months by law, twelve by the policy (DI-31)."""


def hour(at: datetime) -> datetime:
    """Return the start of the hour of a moment."""
    return at.replace(minute=0, second=0, microsecond=0)


def sums(calls: Iterable[Made]) -> list[Hour]:
    """Return what calls come to by app, API and hour; calls that no app made are nobody's."""
    groups: dict[tuple[str, str, int], list[Made]] = {}
    for call in calls:
        if call.app:
            key = (call.app, call.api, int(call.at.timestamp()) // 3600)
            group = groups.get(key)
            if group is None:
                groups[key] = [call]
            else:
                group.append(call)
    return [_sum(group) for group in groups.values()]


def faults(calls: Iterable[Made]) -> list[Fault]:
    """Return why calls failed by app, hour and API, in one order for all who write them down."""
    found = Counter(
        (call.app, hour(call.at), call.api, call.reason)
        for call in calls
        if call.app and call.result != SUCCESS
    )
    return [Fault(*key, count) for key, count in sorted(found.items())]


def _sum(calls: list[Made]) -> Hour:
    took = [0] * (len(STEPS) + 1)
    errors = millis = octets = 0
    for call in calls:
        took[bisect_left(STEPS, call.millis)] += 1
        errors += call.result != SUCCESS
        millis += call.millis
        octets += call.octets
    one = calls[0]
    return Hour(one.app, one.api, hour(one.at), len(calls), errors, millis, octets, tuple(took))
