"""What crosses the wall of the confirmations room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.platform.papers.types import Role
from shouyue.privacy.consent.types import Notice


class Answer(StrEnum):
    """What a person said to being named."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Call:
    """Who is asked: in which case, by which applicant and company, and who holds which role."""

    case: str
    applicant: SubjectId
    enterprise: SubjectId
    named: Mapping[Role, SubjectId]


@dataclass(frozen=True, slots=True)
class Given:
    """Whose answer has come, in which role and case."""

    case: str
    role: Role
    subject: SubjectId


@dataclass(frozen=True, slots=True)
class Confirming:
    """How far one person's own word is. `can_send` says that a link may go out now."""

    id: str
    role: Role
    answer: Answer
    own: bool
    reachable: bool
    sent_at: datetime | None
    answered_at: datetime | None
    due: datetime
    can_send: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A message to hand over at once and to forget: the number was given for this only (D24)."""

    to: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a named person is shown: by which company, in which role, the notice made for them."""

    role: Role
    company: str = field(repr=False)
    notice: Notice
    due: datetime
    tries_left: int


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity step: the full name and the last six characters of the number."""

    person: str = field(repr=False)
    tail: str = field(repr=False)
