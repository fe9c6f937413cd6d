"""Pure decisions about jobs: what may be written in one, when it runs again, when it is dead."""

import re
from datetime import datetime, timedelta

from shouyue.ground.jobs.errors import UnfitJob
from shouyue.ground.jobs.types import Args

LEASE = timedelta(minutes=2)
"""How long a claim holds. An act outside a transaction must be bounded well below it."""

FAILURES = 8
"""After so many failures in a row, within some two and a half hours, a job is dead."""

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=1)
_SHORTEST = timedelta(seconds=1)
_LARGEST = 10**10  # a phone number has eleven digits, a moment in seconds has ten

_NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_VALUE = re.compile(r"[A-Za-z0-9_.:/-]{0,128}")
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{11}")
_SEPARATORS = re.compile(r"[.:/]")


def check(name: str, args: Args, once: str | None) -> None:
    """Raise UnfitJob unless everything written in a job is an id, a code or a small number."""
    if not _NAME.fullmatch(name) or len(name) > 64:  # noqa: PLR2004 - the column's width
        raise UnfitJob(field="name")
    if once is not None and not _fit(once):
        raise UnfitJob(field="once")
    if len(str(args.get("subject", ""))) > 26:  # noqa: PLR2004 - an id
        raise UnfitJob(field="subject")
    for key, value in args.items():
        if not _KEY.fullmatch(key) or not _fit(value):
            raise UnfitJob(field="args")


def _fit(value: str | int) -> bool:
    if isinstance(value, int):
        return abs(value) < _LARGEST
    if not _VALUE.fullmatch(value):
        return False
    # Eleven digits in a row would be a phone or a document number; inside an id they are chance.
    return all(
        _ID.fullmatch(part) or not _NUMBER.search(part.replace("-", ""))
        for part in _SEPARATORS.split(value)
    )


def backoff(failed: int) -> timedelta:
    """Return the wait after so many failures: 5 s, fourfold each time, at most 1 h."""
    fourfold: int = 4 ** min(failed - 1, 10)
    return min(_LONGEST, _FIRST * fourfold)


def is_dead(failed: int) -> bool:
    """Tell whether so many failures in a row are enough."""
    return failed >= FAILURES


def again(after: timedelta) -> timedelta:
    """Return the wait that a room asked for, never so short that the worker spins."""
    return max(_SHORTEST, after)


def latest(period: timedelta, at: datetime) -> datetime:
    """Return the last moment that a periodic job may wait for, failures counted in."""
    return at + period + _LONGEST


def next_time(due: datetime, period: timedelta, at: datetime) -> datetime:
    """Return the first beat after `at`, counted from `due`: late runs neither drift nor pile up."""
    missed = max(0, (at - due) // period)
    return due + period * (missed + 1)
