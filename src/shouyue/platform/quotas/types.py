"""What crosses the wall of the quota room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue.types import Api


class Kind(StrEnum):
    """Which ladder."""

    DAY = "day"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Level:
    """On which step of each ladder an app stands, from 0."""

    day: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that wants to be counted. `user` is the merchant's open id, empty without one."""

    api: Api
    app: Credentials
    user: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one limit, and for how many seconds it counts."""

    most: int
    left: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left to an app of its day, and of its second at one API."""

    day: Left
    second: Left

    def headers(self) -> Mapping[str, str]:
        """Return the two header fields of the IETF draft on rate limits, for who asked for them."""
        both = (("day", self.day, 86400), ("second", self.second, 1))
        policy = ", ".join(f'"{name}";q={one.most};w={width}' for name, one, width in both)
        left = ", ".join(f'"{name}";r={one.left};t={one.seconds}' for name, one, _ in both)
        return {"ratelimit-policy": policy, "ratelimit": left}


@dataclass(frozen=True, slots=True)
class Tally:
    """What one gateway counted and has not settled yet. `user` is a test user, else empty."""

    app: str
    user: str
    day: date
    fresh: int
    peak: int
    online: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What the database knows after a tally was added to it."""

    used: int
    level: Level


@dataclass(frozen=True, slots=True)
class Usage:
    """An app's limits today, and what may be asked for."""

    used: int
    day: int
    second: int
    level: Level
    resets_left: int
    next_day: int
    next_second: int
    may_day: bool
    may_second: bool
    may_reset: bool
