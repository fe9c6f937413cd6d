"""What crosses the wall of the decryption room. No plain value shows in a repr."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from shouyue.privacy.sharing import veils


class Kind(IntEnum):
    """What a value is, by the protocol's number (section 5.2)."""

    ADDRESS = 1
    NAME = 2
    PHONE = 3

    @property
    def veil(self) -> str:
        """The word by which the sharing room knows it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Caller:
    """Which app asks for which shop, under which provision, by which API in which call.

    `most_values` is how many plain values a day the API indexes for one app and shop (0: no limit).
    """

    app: str
    seller_id: int
    provision: str
    via: str
    request: str
    most_values: int = 0

    @property
    def scope(self) -> str:
        """Within what a search index is the same."""
        return veils.scope(self.seller_id, self.app)


@dataclass(frozen=True, slots=True)
class Cipher:
    """A protected field and the order that it is said to belong to."""

    text: str
    order: str


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value that the app itself holds. `order` is empty where none is needed."""

    text: str = field(repr=False)
    kind: Kind
    order: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator tells of one order: no value of a person but the buyer's open id.

    `status` is the protocol's number (section 1.7), `ended` when it succeeded or was closed.
    """

    buyer: str = field(repr=False)
    status: int
    ended: datetime | None = None
    refunding: bool = False
    authorised: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator tells of a shop, and those of the orders asked about that are its own.

    `quota` is how many orders a day may be opened by API, `shipped` how many the shop shipped in
    the last thirty days.
    """

    level: int
    quota: int
    shipped: int
    orders: Mapping[str, Order]


@dataclass(frozen=True, slots=True)
class Indexed:
    """How many plain values of a shop an app has asked to index or encrypt today."""

    seller_id: int
    asked: int


@dataclass(frozen=True, slots=True)
class Use:
    """One shop's day as the owner of an app sees it.

    `quota` and `used` are the shop's, for all its apps together; `opened` is this app's part.
    `month` are the orders that this app opened in thirty days, of `most` that the rate rule allows.
    Free orders are in none of them.
    """

    seller_id: int
    quota: int
    used: int
    opened: int
    month: int
    most: int
