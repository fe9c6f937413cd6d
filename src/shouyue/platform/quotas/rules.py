"""Pure decisions about limits. The numbers are data, in `text/ladder.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from shouyue.ground.kit.calendar import BEIJING
from shouyue.platform.quotas.types import Kind, Level

_PERCENT = 100
KEPT = timedelta(days=60)


@cache
def ladder() -> Mapping[str, Any]:
    """Return the file as it is."""
    text = resources.files(__package__).joinpath("text/ladder.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def limit(kind: Kind, level: Level, *, online: bool) -> int:
    """Return how many calls: on a day of all APIs, in a second of one API."""
    if not online:
        return int(ladder()["before_online"][kind.value])
    steps = ladder()["online"][kind.value]
    return int(steps[min(getattr(level, kind.value), len(steps) - 1)])


def test_user() -> int:
    """Return how many calls a test user may make on a day."""
    return int(ladder()["test_user"]["day"])


def above(kind: Kind, level: Level) -> int:
    """Return the limit of the next step, or 0 where there is none."""
    steps, at = ladder()["online"][kind.value], getattr(level, kind.value) + 1
    return int(steps[at]) if at < len(steps) else 0


def risen(kind: Kind, level: Level) -> Level:
    """Return the level one step up on one ladder."""
    up = {Kind.DAY: (1, 0), Kind.SECOND: (0, 1)}[kind]
    return Level(level.day + up[0], level.second + up[1])


def deserves(kind: Kind, level: Level, used: int, success: float) -> bool:
    """Tell whether one day earns the next step; `used` are calls, or the peak of a second."""
    rule = ladder()["upgrade"]
    most = limit(kind, level, online=True)
    enough = used * _PERCENT > most * int(rule[f"{kind.value}_percent"])
    return enough and success * _PERCENT > int(rule["success_percent"])


def may_reset(used: int, most: int, resets: int) -> bool:
    """Tell whether today's counter may start anew."""
    rule = ladder()["reset"]
    return resets < int(rule["most"]) and used * _PERCENT > most * int(rule["used_percent"])


def is_near(used: int, most: int) -> bool:
    """Tell whether the developer must hear of it."""
    return used * _PERCENT >= most * int(ladder()["alert"]["percent"])


def day(at: datetime) -> date:
    """Return the Beijing day."""
    return at.astimezone(BEIJING).date()


def seconds_left(at: datetime) -> int:
    """Return the seconds until the Beijing day ends, at least one."""
    there = at.astimezone(BEIJING)
    begun = there.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, 86400 - int((there - begun).total_seconds()))
