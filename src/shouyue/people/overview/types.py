"""What crosses the wall of the overview: records of one person, already in their language."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.ledger.types import Witnessed
from shouyue.privacy.policy.purposes import Purpose


class Group(StrEnum):
    """Under which heading an item is shown (6.1.1)."""

    BASIC = "basic"
    ENTERPRISE = "enterprise"
    ADMIN = "admin"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Held:
    """One item as its owner sees it. `who` may see it, `keep` says until when.

    `deletable` says that its owner can delete it here (6.2.2).
    """

    group: Group
    item: str
    name: str
    masked: str = field(repr=False)
    source: str
    purpose: str
    clause: str
    basis: str
    keep: str
    who: str
    at: datetime
    sensitive: bool
    deletable: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's data: who, at what, why. `own` says that it was oneself.

    `company` says that it was at the papers of the person's company.
    """

    at: datetime
    role: str
    own: bool
    by_staff: bool
    items: str
    purpose: str
    reason: str
    case: str
    leaf: str
    grant: str
    company: bool


@dataclass(frozen=True, slots=True)
class Looks:
    """One page of looks, newest first, and whether an older one follows."""

    rows: tuple[Look, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """One key of a person that was destroyed, and the names of what it may have sealed."""

    at: datetime
    key: str
    items: str


@dataclass(frozen=True, slots=True)
class Stays:
    """One item that law keeps from erasure, by what, and when it is erased by itself.

    `earlier` says that another value has taken its place and is held as ever.
    """

    item: str
    earlier: bool
    why: tuple[str, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of a person, and where its purpose stands now.

    `latest` says that no later answer to the same purpose and recipient exists; only the latest
    can be withdrawn, where `ends` says so.
    """

    id: str
    purpose: Purpose
    name: str
    recipient: str
    state: ConsentState
    said: str
    now: ConsentState
    at: datetime
    until: datetime | None
    version: str
    notice: str
    leaf: str
    latest: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a withdrawal does: what stops, which items go, what stays and why."""

    stops: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """What deleting an item does: which consents end with it; whether it goes or the law keeps it.

    `also` are the items that go with those consents.
    """

    item: str
    name: str
    ends: tuple[str, ...]
    also: tuple[str, ...]
    goes: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """One release of a person's data to somebody else."""

    at: datetime
    recipient: str
    who: str
    items: str
    purpose: str
    clause: str
    basis: str
    via: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A lasting permission to pass data on. `leaf` is its evidence."""

    recipient: str
    who: str
    items: str
    purpose: str
    clause: str
    since: datetime
    until: datetime
    active: bool
    leaf: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The privacy centre's first page in numbers. `looks` are those of others, this month.

    `company_looks` are those of staff at the papers of the person's company.
    """

    items: int
    looks: int
    staff_looks: int
    company_looks: int
    recipients: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt proves, in words. `facts` is empty where the leaf was blinded.

    `witnesses` are those that this log has heard itself: anybody can sign beside it.
    """

    what: str
    kind: str
    at: datetime
    index: int
    size: int
    origin: str
    witnesses: tuple[Witnessed, ...]
    facts: tuple[tuple[str, str], ...]
    ours: bool
