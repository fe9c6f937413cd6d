"""What crosses the wall of the accounts room."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.consent.types import Control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault.sealed import Sealed

T = TypeVar("T")


class AccountState(StrEnum):
    """Where an account stands (requirements 3.1)."""

    REGISTERED = "REGISTERED"
    CERTIFYING = "CERTIFYING"
    ACTIVE = "ACTIVE"
    LIMITED = "LIMITED"
    SUSPENDED = "SUSPENDED"
    FROZEN_ID_THEFT = "FROZEN_ID_THEFT"
    CANCEL_PENDING = "CANCEL_PENDING"
    CLOSED_RESTRICTED = "CLOSED_RESTRICTED"
    ERASED = "ERASED"
    TRANSFERRED = "TRANSFERRED"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from. Never stored: an address becomes a digest, an agent a family."""

    address: str = field(repr=False)
    agent: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tried(Generic[T]):
    """The outcome of an attempt that counts even when it fails.

    A wrong code must stay counted, so it may not roll its transaction back. The door commits
    first and calls `take` after, outside the unit of work.
    """

    result: T | None = field(default=None, repr=False)
    refusal: Refusal | None = None

    def take(self) -> T:
        """Return what was won, or raise the refusal."""
        if self.result is None:
            raise self.refusal or Refusal()
        return self.result


@dataclass(frozen=True, slots=True)
class Asked:
    """A code to send, right after the commit, and then to forget."""

    challenge_id: str
    phone: Sealed[str]
    code: Sealed[str]


@dataclass(frozen=True, slots=True)
class PlatformIdentity:
    """The four things taken from a platform account, and nothing more (2.1.1.b)."""

    id: str = field(repr=False)
    phone: str = field(repr=False)
    avatar: str = field(default="", repr=False)
    nickname: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What a person did on the registration form."""

    token: str
    ticked: bool
    of_age: bool
    chosen: Collection[Purpose] = ()
    control: Control = Control.UNTICKED_BOX


@dataclass(frozen=True, slots=True)
class Entered:
    """A person who is in. The token goes into the cookie and nowhere else."""

    session_token: str = field(repr=False)
    subject: SubjectId
    fresh: bool


@dataclass(frozen=True, slots=True)
class Account:
    """An account: the public id is random and never reused (DI-06)."""

    subject: SubjectId
    public_id: str
    state: AccountState
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person. `csrf` belongs to this session alone; `stepped_up` lasts ten minutes."""

    session_id: str
    subject: SubjectId
    state: AccountState
    since: datetime
    stepped_up: bool
    csrf: str = field(repr=False)
    needs_touch: bool


@dataclass(frozen=True, slots=True)
class Device:
    """One session as its owner sees it (DI-08)."""

    session_id: str
    family: str
    since: datetime
    last_seen: datetime
    current: bool
