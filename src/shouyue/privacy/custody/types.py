"""What crosses the wall: grounds, holds, what is in custody, what an erasure left."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault.sealed import Sealed


class GroundKind(StrEnum):
    """Why a value cannot be erased yet."""

    STATUTE = "statute"
    HOLD = "hold"  # proceedings; two members of staff
    INFEASIBLE = "infeasible"  # erasing it is technically not possible yet; two members of staff


@dataclass(frozen=True, slots=True)
class Ground:
    """By what a value is kept and until when; `ref` is a statute's id or a hold's."""

    kind: GroundKind
    ref: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """One value in custody, without the value. `until` is the last of its grounds' ends."""

    id: str
    subject: SubjectId
    item: Item
    media_type: str
    at: datetime
    grounds: tuple[Ground, ...]

    @property
    def until(self) -> datetime:
        """The moment at which it is erased by itself."""
        return max(ground.until for ground in self.grounds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an erasure did: how many rows went, and what went into custody instead."""

    erased: int
    kept: tuple[Kept, ...]


class HoldStage(StrEnum):
    """Where a hold stands."""

    ASKED = "asked"
    OPEN = "open"
    DROPPED = "dropped"  # turned down or taken back before it was open
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to be placed: on whom, which items (none: all), for which case, until when.

    `case` is a reference as a court or authority writes it, letters and digits, no names.
    """

    subject: SubjectId
    kind: GroundKind
    case: str
    items: tuple[Item, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, with its people by id."""

    id: str
    subject: SubjectId
    kind: GroundKind
    case: str
    items: tuple[Item, ...]
    until: datetime
    stage: HoldStage
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    ended_by: str
    ended_at: datetime | None

    def covers(self, item: Item) -> bool:
        """Tell whether an item stays while this hold is open."""
        return not self.items or item in self.items


@dataclass(frozen=True, slots=True)
class Opened:
    """A value that was read under a warrant; `media_type` is empty for text."""

    item: Item
    media_type: str
    content: Sealed[bytes] = field(repr=False)
