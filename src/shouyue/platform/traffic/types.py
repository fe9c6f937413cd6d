"""What crosses the wall of the traffic room."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

STEPS = (10, 30, 100, 300, 1000)
"""Upper ends in milliseconds of the steps by which the time of calls is counted; then the rest."""


class Made(NamedTuple):
    """One call that was answered: the access log's line (DI-31). Fixed fields, no parameter.

    `client` is a network, not an address (DI-30); `reason` is the permanent code of a failure.
    Times in milliseconds, sizes in octets.
    """

    request: str
    at: datetime
    app: str
    api: str
    verb: str
    client: str
    grant: str
    result: int
    reason: str
    millis: int
    upstream_ms: int
    octets: int


class Fault(NamedTuple):
    """How many of one app's calls of one API failed in one hour for one reason, a sub code."""

    app: str
    since: datetime
    api: str
    reason: str
    calls: int


@dataclass(frozen=True, slots=True)
class Hour:
    """What one app's calls of one API came to in one hour; `since` is its start, in UTC.

    `took` counts calls by STEPS, one more for the rest.
    """

    app: str
    api: str
    since: datetime
    calls: int
    errors: int
    millis: int
    octets: int
    took: tuple[int, ...]
