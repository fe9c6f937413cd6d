"""What crosses the wall of the reviews room."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shouyue.platform.confirmations.types import Confirming
from shouyue.platform.onboarding.types import CaseState, Event, Reason
from shouyue.platform.papers.types import CheckCode, CheckOutcome
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault.sealed import Sealed

REVIEWER = "reviewer"
"""The post as which a reviewer reads."""

REASONS = (
    Reason.UNREADABLE,
    Reason.NOT_AS_TYPED,
    Reason.EXPIRED,
    Reason.WRONG_PAPER,
    Reason.ALTERED,
    Reason.NOT_AUTHORISED,
    Reason.ALREADY_CERTIFIED,
)
"""The reasons that a reviewer may give."""


class Look(StrEnum):
    """Why a reviewer opens a value."""

    COMPARE = "compare-with-photo"
    REGISTRY = "compare-with-registry"
    MISMATCH = "judge-mismatch"
    COMPLAINT = "answer-complaint"


class Outcome(StrEnum):
    """What a reviewer's yes led to."""

    APPROVED = "approved"
    SECOND_NEEDED = "second-needed"


@dataclass(frozen=True, slots=True)
class Queued:
    """One case that waits for a person, with the day by which it should be decided."""

    id: str
    company: str
    since: datetime
    due: date
    provisional: bool
    mismatches: int


@dataclass(frozen=True, slots=True)
class Line:
    """One field under review: mask or photo, and what the machine says about it."""

    item: Item
    masked: str
    photo: bool
    checks: tuple[tuple[CheckCode, CheckOutcome], ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A case as a reviewer sees it. `first` is who has asked to pass over a mismatch."""

    id: str
    state: CaseState
    submitted_at: datetime | None
    lines: tuple[Line, ...]
    confirmations: tuple[Confirming, ...]
    events: tuple[Event, ...]
    first: str
    mismatch: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One opened field: a value, or a photo as JPEG."""

    item: Item
    value: Sealed[str] | None = None
    photo: Sealed[bytes] | None = None
