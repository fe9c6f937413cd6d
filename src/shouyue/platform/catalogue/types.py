"""What the catalogue says. Everything is frozen: it is loaded once and shared by all threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shouyue.privacy.policy.items import Item

Leaf = str
"""`int`, `text`, `bool`, `any`, or an open id that the gateway fills: `self`, the shop's own, and
`giver`, that of who gave the token: the shop's main account or a sub-account."""

FILLED = frozenset({"self", "giver"})
"""Leaves that the gateway fills, whatever the operator's system says."""

NOBODY: Mapping[str, str] = dict.fromkeys(FILLED, "")
"""The open ids where nobody gave a token."""

Shape = Leaf | tuple["Shape"] | Mapping[str, "Shape"]
"""A result: a leaf, a list of one shape, or an object. What it does not name never leaves."""


class TokenKind(StrEnum):
    """Whose token an API wants: a merchant's, or the app's own (then none will do, too)."""

    USER = "user"
    APP = "app"


class Whose(StrEnum):
    """Whose personal data a field holds."""

    BUYER = "buyer"
    MERCHANT = "merchant"


class Guard(StrEnum):
    """How a personal field leaves: as ciphertext, index and mask by type, or as it is."""

    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    OPEN = "open"


PROTECTED = frozenset({Guard.NAME, Guard.PHONE, Guard.ADDRESS})
"""Guards under which a value never leaves in plain."""


class Flow(StrEnum):
    """Which way an API carries a file."""

    NONE = "none"
    UPLOAD = "upload"


class Handler(StrEnum):
    """Who answers an API: the operator's system, or a room of the house."""

    UPSTREAM = "upstream"
    DECRYPTION = "decryption"
    HANDLING = "handling"


@dataclass(frozen=True, slots=True)
class Param:
    """One business parameter. `least` and `most` bound a number, or the length of a text or list.

    `fields` are those of an object or of each object in a list. `item` says whose kind of data a
    caller passes on here; `buyer` marks the id by which the developer knows a buyer.
    """

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    least: int | None = None
    most: int | None = None
    one_of: tuple[int, ...] = ()
    fields: tuple["Param", ...] = ()
    item: Item | None = None
    buyer: bool = False


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal field of an answer. `path` runs from a record and names the plain value."""

    path: tuple[str, ...]
    item: Item
    whose: Whose
    guard: Guard


@dataclass(frozen=True, slots=True)
class Records:
    """Where the records of people lie in `data`, and which fields name the buyer and the order."""

    each: tuple[str, ...] = ()
    buyer: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Api:
    """One opened API. `beside`: the result stands beside `result`, not in `data`.

    `ciphers` are the paths of parameters that take a ciphertext where the upstream needs a value.
    `changes` marks a GET that changes something all the same.
    Calls a second: `qps` of one app (0: by its ladder), `qps_user` of one app for one merchant,
    `qps_all` of everybody (0: no limit). `values_day`: how many plain values of one shop one app
    may send to be indexed on a Beijing day, all such APIs together (0: no limit).
    """

    name: str
    verb: str
    zh: str
    en: str
    scope: str
    token: TokenKind
    params: tuple[Param, ...]
    result: Shape
    records: Records = field(default_factory=Records)
    personal: tuple[Personal, ...] = ()
    flow: Flow = Flow.NONE
    beside: bool = False
    handler: Handler = Handler.UPSTREAM
    ciphers: tuple[tuple[str, ...], ...] = ()
    qps: int = 0
    qps_user: int = 0
    qps_all: int = 0
    values_day: int = 0
    changes: bool = False
    examples: tuple[Mapping[str, object], ...] = ()

    @property
    def path(self) -> str:
        """The path on the wire: dots become slashes."""
        return "/" + self.name.replace(".", "/")

    @property
    def reads(self) -> bool:
        """Whether a call changes nothing, so that it may be sent upstream a second time."""
        return self.verb == "GET" and not self.changes

    @property
    def items(self) -> frozenset[Item]:
        """The data items that an answer may release."""
        return frozenset(one.item for one in self.personal)


@dataclass(frozen=True, slots=True)
class Event:
    """One message that an app may subscribe to. `info` is the shape of its payload."""

    name: str
    zh: str
    en: str
    scope: str
    biz_id: str
    info: Mapping[str, Shape]
    example: Mapping[str, object]
    items: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission package. `default` packages come with every app."""

    name: str
    zh: str
    en: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the files that does not agree; `where` names the entry."""

    where: str
    why: str
