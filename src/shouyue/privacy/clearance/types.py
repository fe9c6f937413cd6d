"""What crosses the wall of the clearance room: asks, grants, and who may ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Text


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff by id, with the posts that the operator has given them."""

    id: str
    posts: frozenset[str]


class Way(StrEnum):
    """How a grant comes about."""

    ASKED = "asked"
    GLASS = "broken-glass"


class Stage(StrEnum):
    """Where a grant stands."""

    ASKED = "asked"
    LIVE = "live"
    REFUSED = "refused"
    ENDED = "ended"


class Why(StrEnum):
    """Why a grant is over."""

    TIME = "time"
    GIVEN_BACK = "given-back"
    TAKEN_BACK = "taken-back"
    LEFT = "left"
    FROZEN = "frozen"
    UNANSWERED = "unanswered"


class Verdict(StrEnum):
    """What a reviewer found about a broken glass."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class Need(StrEnum):
    """Why a member asks for a grant. Permanent codes."""

    REVIEW = "review-case"
    REQUEST = "answer-request"
    COMPLAINT = "answer-complaint"
    SECURITY = "security-check"
    INCIDENT = "handle-incident"
    HELD_ORDER = "restricted-authority"
    HELD_CLAIM = "restricted-legal-claim"
    HELD_SECURITY = "restricted-security"
    HELD_ERASE = "restricted-erase"


RESTRICTED = frozenset({Need.HELD_ORDER, Need.HELD_CLAIM, Need.HELD_SECURITY, Need.HELD_ERASE})
"""Needs that reach into restricted storage and nowhere else; all others reach what is live."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a member asks for: as which post, what for, whom and what, why, for how many hours."""

    post: str
    purpose: Purpose
    reach: Mapping[SubjectId, Sequence[Item]]
    need: Need
    case: str = ""
    hours: int = 4
    minors: bool = False


@dataclass(frozen=True, slots=True)
class Glass:
    """What a member takes without asking, in need: one person, and why in their own words."""

    post: str
    purpose: Purpose
    subject: SubjectId
    items: Sequence[Item]
    told: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant as the register shows it: ids, words and times; `told` is a broken glass's why."""

    id: str
    way: Way
    stage: Stage
    member: str
    post: str
    purpose: Purpose
    reach: Mapping[SubjectId, tuple[Item, ...]]
    need: str
    case: str
    minutes: int
    minors: bool
    asked_at: datetime
    answered_by: str
    answered_post: str
    answered_at: datetime | None
    until: datetime | None
    ended_at: datetime | None
    why: str
    told: str = field(repr=False)
    review_due: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    verdict: Verdict | None

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item that it reaches, whoever it is about."""
        return tuple(sorted({item for items in self.reach.values() for item in items}))

    @property
    def restricted(self) -> bool:
        """Whether it reaches into restricted storage, and so nothing that is live."""
        return self.need in RESTRICTED


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the register is looked at; an empty word leaves a part open."""

    live: bool = False
    member: str = ""
    purpose: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether a member may hold grants at all: signed, trained until when, frozen or not."""

    signed_at: datetime | None
    trained_until: datetime | None
    trained: bool
    frozen: bool

    @property
    def fit(self) -> bool:
        """Whether nothing stands in the way."""
        return self.signed_at is not None and self.trained and not self.frozen


@dataclass(frozen=True, slots=True)
class Undertaking:
    """The confidentiality undertaking in force; `digest` is the hex SHA-256 of its words."""

    version: str
    digest: str
    paragraphs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the course; `right` is the place of the right answer, from 0."""

    text: Text
    answers: tuple[Text, ...]
    right: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Course:
    """The yearly course in force: what is to be known, and what is asked about it."""

    version: str
    lessons: tuple[Text, ...]
    questions: tuple[Question, ...]

    def read(self, lang: Lang) -> list[tuple[str, list[str]]]:
        """Return questions and answers in one language."""
        return [
            (one.text.say(lang), [answer.say(lang) for answer in one.answers])
            for one in self.questions
        ]
