"""What crosses the wall of the alarm room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmState(StrEnum):
    """Where an alarm stands."""

    OPEN = "open"
    SEEN = "seen"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why an alarm was closed. Permanent codes."""

    FIXED = "fixed"
    HARMLESS = "harmless"
    ACCEPTED = "accepted"
    INCIDENT = "incident"  # it goes on as a security incident


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that was noticed, `count` times from `first_at` to `last_at`.

    `kind` is dotted words, `where` and `about` are ids or words. `seen_by` and `closed_by` are
    staff ids; empty until then.
    """

    id: str
    kind: str
    where: str
    about: str
    state: AlarmState
    first_at: datetime
    last_at: datetime
    count: int
    seen_by: str
    seen_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    reason: CloseReason | None
