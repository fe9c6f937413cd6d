"""What crosses the wall of the grants."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId


class GrantState(StrEnum):
    """A grant is live until it is revoked; past `until` it is over without a word."""

    LIVE = "live"
    REVOKED = "revoked"


class Cause(StrEnum):
    """Why a grant ended. Permanent codes: they stand in the evidence."""

    OWN = "own"  # whoever gave it took it back
    APP = "app"  # the app gave it back (RFC 7009)
    REUSED = "reused"  # its code came a second time: somebody else holds it too
    MAIN = "main"  # the main account ended what its sub-account let in
    CARRIER = "carrier"  # the main account's own grant, on which it rested, ended
    LEFT = "left"  # the sub-account is removed or switched off
    NARROWED = "narrowed"  # the sub-account may no longer give so much
    LAPSED = "lapsed"  # the time of the consent ran out
    STALE = "stale"  # the policy changed, and nobody agreed anew
    VOID = "void"  # the consent was none


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked authorisation request: what the page shows and what the grant will hold.

    `challenge` is what the code will be bound to (RFC 7636), empty where the client uses none.
    `days` is how long the grant will hold; `is_test` says that who grants is a test user, because
    the app is still in development.
    """

    app_id: str
    title: str
    callback: str
    scopes: tuple[str, ...]
    state: str
    challenge: str = ""
    days: int = 180
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Merchant:
    """A person of a shop. The shop's name stays in the operator's directory.

    `staff_id` is 0 for the main account, else the number of a sub-account.
    """

    subject: SubjectId
    seller_id: int
    staff_id: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """One authorisation. `open_id` is how the developer knows who gave it.

    `staff_id` is not 0 where a sub-account of the shop gave it. `provision` is what data about
    people leaves under, or empty.
    """

    id: str
    app_id: str
    subject: SubjectId
    open_id: str
    scopes: tuple[str, ...]
    state: GrantState
    given: datetime
    until: datetime
    ended: datetime | None
    is_test: bool = False
    staff_id: int = 0
    provision: str = ""
