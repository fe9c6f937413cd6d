"""What crosses the wall of the consent room: offers, notices and events."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose


class ConsentState(StrEnum):
    """Where a purpose stands for one person and one recipient (requirements 3.6)."""

    NONE = "NONE"
    ASKED = "ASKED"
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    STALE = "STALE"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    VOID = "VOID"


class Control(StrEnum):
    """What the person did. Continuing, scrolling and silence are no members (PIPL 14)."""

    UNTICKED_BOX = "unticked-box"
    BUTTON = "button"
    SIGNATURE = "signature"


class Kind(StrEnum):
    """Which notice is shown."""

    REGISTRATION = "registration"
    CERTIFICATION = "certification"
    SUBJECT = "subject"
    GRANT = "grant"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person is asked. `purposes` stand or fall together, `optional` each alone.

    `recipient` is the id of who would receive the data, `recipient_name` its printed name;
    `permits` are printed lines of what is granted; `days` is how long a yes lasts, 0 for as
    long as the purpose itself. `role` is `legal` or `admin` in a notice of kind `subject`.
    """

    kind: str
    purposes: tuple[Purpose, ...]
    items: tuple[Item, ...]
    lang: Lang
    separate: bool
    recipient: str = ""
    recipient_name: str = ""
    optional: tuple[Purpose, ...] = ()
    permits: tuple[str, ...] = ()
    days: int = 0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice ready to be shown. `token` comes back with the answer, within 30 minutes."""

    token: str
    digest: str
    html: str
    offer: Offer


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One thing that happened to one purpose. Never changed, never removed."""

    id: str
    subject: SubjectId
    purpose: Purpose
    recipient: str
    items: tuple[Item, ...]
    state: ConsentState
    at: datetime
    until: datetime | None
    notice: str
    control: str
    lang: Lang
    channel: str
    policy_version: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """What the deletion of an item did: the leaves of its withdrawals, the rows erased.

    `recipients` are those who received something by what was withdrawn.
    """

    withdrawn: tuple[str, ...]
    erased: int
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendition:
    """The exact words of a notice. `digest` is the hex SHA-256 of language and HTML."""

    digest: str
    html: str
    lang: Lang
    kind: str
    policy_version: str
