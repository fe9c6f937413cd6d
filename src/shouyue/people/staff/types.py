"""What crosses the wall of the staff room."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.hazmat.passkeys import Party
from shouyue.privacy.clearance.types import Member


class StaffRole(StrEnum):
    """What a member of staff may do; a person may hold several."""

    REVIEWER = "reviewer"
    PRIVACY = "privacy"
    SECURITY = "security"
    SUPPORT = "support"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff, by login name."""

    id: str
    name: str
    roles: frozenset[StaffRole]
    active: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new member's second factor, shown once. `uri` is for the authenticator's QR code."""

    staff_id: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffVisit:
    """A signed-in member of staff."""

    session_id: str
    staff_id: str
    name: str
    roles: frozenset[StaffRole]
    since: datetime
    csrf: str = field(repr=False)
    needs_touch: bool

    @property
    def member(self) -> Member:
        """Who asks for grants to look and answers them: the id and posts."""
        return Member(self.staff_id, frozenset(role.value for role in self.roles))


@dataclass(frozen=True, slots=True)
class Asking:
    """A passkey challenge: the JSON for the browser, and what its cookie brings back."""

    options: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """A passkey's answer to a challenge, as a second factor."""

    party: Party
    sealed: str
    answer: str = field(repr=False)
