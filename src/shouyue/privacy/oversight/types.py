"""What crosses the wall of the room of oversight."""

from dataclasses import dataclass
from datetime import datetime

from shouyue.privacy.grounds.types import Statute
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis


@dataclass(frozen=True, slots=True)
class Line:
    """An item that is held for a purpose on a basis: how often, since when, last read when.

    `statute` is the article that carries it where the basis is a legal duty. `unread` tells that
    nobody has looked at it for ninety days.
    """

    item: Item
    purpose: Purpose
    basis: Basis
    statute: Statute | None
    held: int
    since: datetime
    read_at: datetime | None
    unread: bool
