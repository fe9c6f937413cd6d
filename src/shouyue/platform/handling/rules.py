"""How long lines of apps' logs stay, and what they come to."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.handling.types import Kind, Report

KEPT = timedelta(days=366)
"""The anchor keeps access to sensitive data a year; the service log of ours too (DI-31)."""


def sums(lines: Iterable[Report]) -> dict[tuple[date, Kind, str], tuple[int, int]]:
    """Return lines and orders by Beijing day, kind and whom orders went to."""
    count, orders = Counter[tuple[date, Kind, str]](), Counter[tuple[date, Kind, str]]()
    for one in lines:
        key = one.at.astimezone(BEIJING).date(), one.kind, one.sent_to
        count[key] += 1
        orders[key] += one.orders
    return {key: (count[key], orders[key]) for key in sorted(count)}
