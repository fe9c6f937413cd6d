"""What crosses the wall of the looks room: who reads, and one look as it was written down."""

from dataclasses import dataclass
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

SELF = "self"
"""The role of a person who reads what is held about that same person; `actor` is the subject."""

SYSTEM = "system"
"""The role of the house itself: jobs, deliveries. Every other role is staff."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, as what, what for and on what ground (INV-02).

    `actor`, `role`, `case` and `reason` are ids or words without blanks (`phone-check`): they go
    into the evidence, where free text could carry personal data, and which refuses it with
    NotOpaque. Staff name a case or a reason.
    """

    actor: str
    role: str
    purpose: Purpose
    basis: Basis
    case: str = ""
    reason: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this is neither the house itself nor somebody who reads about oneself."""
        return self.role not in {SELF, SYSTEM}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who of the staff asked to see what: words and ids as in a look; empty where nobody said."""

    actor: str
    role: str = ""
    purpose: str = ""
    items: tuple[Item, ...] = ()
    case: str = ""
    subject: SubjectId | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A look that was refused, as it is kept: nobody looked at, no value, the code of the no.

    `times` is one, and more for the last of a day: what came after it is only counted.
    """

    at: datetime
    actor: str
    role: str
    purpose: str
    items: tuple[Item, ...]
    case: str
    code: str
    leaf: str
    times: int


@dataclass(frozen=True, slots=True)
class Access:
    """One look into the vault, as the person concerned may see it; `grant` is what allowed it."""

    at: datetime
    actor: str
    role: str
    purpose: Purpose
    items: tuple[Item, ...]
    case: str
    reason_code: str
    leaf: str
    grant: str
