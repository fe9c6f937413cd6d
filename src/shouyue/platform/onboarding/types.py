"""What crosses the wall of the onboarding room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.platform.confirmations.types import Confirming
from shouyue.platform.papers.types import Role, Same, Step
from shouyue.privacy.consent.types import Control
from shouyue.privacy.policy.items import Item


class CaseState(StrEnum):
    """Where a certification stands (requirements 3.2)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AUTO_CHECK = "AUTO_CHECK"
    SUBJECT_CONFIRM = "SUBJECT_CONFIRM"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    NEED_MORE = "NEED_MORE"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    REVERIFY_DUE = "REVERIFY_DUE"
    REVOKED = "REVOKED"


class Reason(StrEnum):
    """Why a field is sent back or refused: codes, so that no free text carries personal data."""

    UNREADABLE = "unreadable"
    NOT_AS_TYPED = "not-as-typed"
    EXPIRED = "expired"
    WRONG_PAPER = "wrong-paper"
    ALTERED = "altered"
    NOT_AUTHORISED = "not-authorised"
    ALREADY_CERTIFIED = "already-certified"
    FAILED_CHECK = "failed-check"
    OBJECTED = "objected"
    NO_ANSWER = "no-answer"
    WITHDRAWN = "withdrawn"
    LEFT_ALONE = "left-alone"


@dataclass(frozen=True, slots=True)
class Submission:
    """What the applicant did on the last step: two notices answered, one confirmation given.

    `told` are the tokens of the notices of `service.notices`; `authorised` is the box that says
    that the two people have agreed (2.1.2.c), in the words of `service.authority`.
    """

    told: tuple[str, ...]
    control: Control
    authorised: bool
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class Event:
    """One move of a case. `actor` is an id or the word `system`."""

    at: datetime
    before: str
    after: str
    cause: str
    actor: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its applicant sees it: masks, never values."""

    id: str
    state: CaseState
    done: frozenset[Step]
    masks: Mapping[Item, str]
    photos: frozenset[Item]
    same: Mapping[Role, Same]
    confirmations: tuple[Confirming, ...]
    reasons: Mapping[str, Reason]
    events: tuple[Event, ...]
    decided_at: datetime | None

    @property
    def editable(self) -> bool:
        """Whether the steps are open."""
        return self.state in {CaseState.DRAFT, CaseState.NEED_MORE}


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided in one version of a case."""

    version: int
    by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands, for the room that decides on it."""

    id: str
    enterprise: SubjectId
    state: CaseState
    version: int
    submitted_at: datetime | None
    touched_at: datetime
