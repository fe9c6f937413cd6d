"""What crosses the wall of the notice room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import Lang, SubjectId


class NoticeClass(StrEnum):
    """Why we write to somebody (2.2①). There is no class for advertising."""

    SECURITY = "SECURITY"
    VERIFY = "VERIFY"
    SERVICE = "SERVICE"
    RULE_CHANGE = "RULE_CHANGE"
    RIGHTS = "RIGHTS"
    INCIDENT = "INCIDENT"
    SURVEY = "SURVEY"


class Channel(StrEnum):
    """A way to a person besides the inbox, which every notice reaches."""

    SMS = "sms"
    MAIL = "mail"


class DeliveryState(StrEnum):
    """What became of one notice on one channel."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


Facts = Mapping[str, str | int]
"""What a template names: case and app ids, times, masked values. Never a full personal item."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to one person. `kind` is the class that the template is declared for.

    A `link` among the facts is a path on this site; with `link_purpose` and `link_id` beside it
    the message carries a proof that `service.check_link` accepts, and that is stored nowhere.
    """

    kind: NoticeClass
    template: str
    subject: SubjectId
    channels: tuple[Channel, ...] = ()
    facts: Facts = field(default_factory=dict)
    lang: Lang = "zh"


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered message: the subject line and the body, without the greeting of a channel."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One message in the inbox, in the language asked for. `link` is a path or empty."""

    id: str
    kind: NoticeClass
    at: datetime
    read_at: datetime | None
    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on one channel, as the record shows it (DI-36). No address."""

    id: str
    notice: str
    kind: NoticeClass
    template: str
    purpose: str
    basis: str
    template_digest: str
    channel: Channel
    state: DeliveryState
    cause: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """Whether a class comes by a channel; `fixed` says that the person cannot change it."""

    kind: NoticeClass
    channel: Channel
    wanted: bool
    fixed: bool
