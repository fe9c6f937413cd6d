"""What crosses the wall: a duty of law, and what a law keeps from erasure."""

from dataclasses import dataclass
from datetime import date

from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Text


@dataclass(frozen=True, slots=True)
class Duty:
    """What an article bids us do, and for which purposes it carries which items.

    `until` is the last day, of Beijing, on which it is in force; None while it is.
    """

    id: str
    name: Text
    bids: Text
    purposes: tuple[Purpose, ...]
    items: tuple[Item, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an article keeps from erasure for so many months, counted from an event.

    Of `earlier` it keeps for as long what another value replaces, counted from that day.
    """

    id: str
    name: Text
    why: Text
    items: frozenset[Item]
    earlier: frozenset[Item]
    runs_from: Anchor
    months: int
    until: date | None
