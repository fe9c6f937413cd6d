"""Pure decisions about being asked: how long a link works, how often it goes out, until when."""

from datetime import datetime, timedelta

from shouyue.ground.kit import calendar

LINK_LIFE = timedelta(hours=24)
TRIES = 5
SENDINGS = 10
SEND_GAP = timedelta(seconds=60)
DAYS = 15
"""Working days within which both people answer (2.1.2.c)."""


def due(at: datetime) -> datetime:
    """Return the moment by which a person who is asked now must have answered."""
    return calendar.working_days_after(at, DAYS).ends


def link_open(sent: datetime | None, at: datetime) -> bool:
    """Tell whether a link that went out then still works."""
    return sent is not None and at - sent < LINK_LIFE


def may_send(sent: datetime | None, count: int, at: datetime) -> bool:
    """Tell whether another link may go out."""
    return count < SENDINGS and (sent is None or at - sent >= SEND_GAP)
