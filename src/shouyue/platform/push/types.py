"""What crosses the wall of the push room. Contents never show in a repr."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession


class Granted(Protocol):
    """An app that a merchant has let in, with the open id that its developer knows the shop by."""

    @property
    def app_id(self) -> str:
        """The app."""
        ...

    @property
    def subject(self) -> SubjectId | None:
        """The merchant."""
        ...

    @property
    def open_id(self) -> str:
        """The shop's open id for this developer."""
        ...

    @property
    def provision(self) -> str:
        """The provision under which data about people may leave, or empty."""
        ...


Audience = Callable[[ReadSession, int, str], Sequence[Granted]]
"""Answers the apps with a live grant of a seller for a scope, newest grant first.

Authorisation and push do not know each other; assembly gives push the answer of `grants.apps_for`.
"""


class SubscriptionState(StrEnum):
    """Whether the address answers. A suspended one is asked again until it does."""

    OK = "ok"
    SUSPENDED = "suspended"


class DeliveryState(StrEnum):
    """What became of one message to one app. The first two are still under way."""

    WAITING = "waiting"
    FAILED = "failed"  # at least once; tried again at `next_at`
    DELIVERED = "delivered"
    DEAD = "dead"  # the ladder is used up, or the content is gone
    STOPPED = "stopped"  # the right to receive it ended before it went


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """What the operator's system says has happened. `info` is as it came, not yet checked.

    `beyond` names the fields that no event has; they were dropped.
    """

    event_id: str
    event: str
    seller_id: int
    biz_id: int
    info: Mapping[str, Any] = field(repr=False)
    at: datetime
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription as its owner wants it: the address, the event types, the four extra fields."""

    app: str
    url: str
    events: tuple[str, ...]
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an app receives and where. `mainland`: the proof obeyed the operator's region rule."""

    app: str
    url: str
    switched_on: bool
    events: tuple[str, ...]
    extra: bool
    state: SubscriptionState
    mainland: bool
    proved: datetime
    probed: datetime
    outcome: str  # of the last probe; empty is well


@dataclass(frozen=True, slots=True)
class Message:
    """The nine fields of the envelope before they are written (protocol, section 3.2)."""

    event_id: str
    event: str
    app_key: str
    seller_id: int
    biz_id: int
    open_id: str = field(repr=False)
    info: Mapping[str, Any] = field(repr=False)
    at: datetime
    test: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one app, as the log shows it: no content."""

    id: str
    app: str
    event_id: str
    event: str
    biz_id: int
    state: DeliveryState
    attempts: int
    status: int | None
    millis: int | None
    outcome: str
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `outcome` is a permanent code, empty for success; no body is kept."""

    at: datetime
    status: int | None
    millis: int
    outcome: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the push log, newest first, and whether an older one follows."""

    rows: tuple[Delivery, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One delivery for the app's owner. `envelope` has its personal values hidden; None: purged."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    envelope: Mapping[str, Any] | None = field(repr=False)
