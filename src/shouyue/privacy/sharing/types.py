"""What crosses the wall of the sharing room."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, RecipientKind


class Standing(StrEnum):
    """Where a recipient stands. Only an active one receives anything."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"


class ProvisionState(StrEnum):
    """Where a provision stands. Only an active one carries a release."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """Somebody who may come to receive data: `enterprise` and `contract` are references.

    `id` is given where the recipient already has one, as an app has; empty makes a new one.
    """

    kind: RecipientKind
    enterprise: str
    contract: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient as the register has it."""

    id: str
    kind: RecipientKind
    enterprise: str
    contract: str
    standing: Standing
    since: datetime


@dataclass(frozen=True, slots=True)
class NewProvision:
    """What is going to be provided. `subject` is whose decision it rests on; `case` a reference."""

    recipient: str
    subject: SubjectId | None
    items: frozenset[Item]
    purpose: Purpose
    basis: Basis
    clause: Clause
    notice: str
    case: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision as recorded; `leaf` is its entry in the evidence log."""

    id: str
    recipient: str
    subject: SubjectId | None
    items: frozenset[Item]
    purpose: Purpose
    basis: Basis
    clause: Clause
    case: str
    state: ProvisionState
    since: datetime
    until: datetime
    leaf: str


@dataclass(frozen=True, slots=True)
class Under:
    """What decides of a provision whether it carries a release, and of who receives under it."""

    state: ProvisionState
    items: frozenset[str]
    since: datetime
    until: datetime
    standing: Standing
    kind: RecipientKind


@dataclass(frozen=True, slots=True)
class Release:
    """One answer or message that carries people's data.

    `subjects` are people known to the house, `refs` keyed references of buyers (`buyer_ref`).
    `via` names the API or event, `request` the call.
    """

    provision: str
    items: frozenset[Item]
    via: str
    request: str
    subjects: tuple[SubjectId, ...] = ()
    refs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """One person's data in one release, as it can be shown to that person."""

    at: datetime
    recipient: str
    provision: str
    items: frozenset[Item]
    purpose: Purpose
    basis: Basis
    clause: Clause
    via: str
    request: str


@dataclass(frozen=True, slots=True)
class Veiled:
    """A personal value as it may leave: ciphertext with its search index, and a mask."""

    cipher: str
    mask: str


@dataclass(frozen=True, slots=True)
class Unveiled:
    """What a ciphertext hides, of which order, and its mask."""

    order: str
    plain: str = field(repr=False)
    mask: str
