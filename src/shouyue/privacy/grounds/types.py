"""What crosses the wall of the room of grounds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

AGREEMENT = "developer-agreement"
"""The contract to which an account's holder becomes a party by registering."""


class End(StrEnum):
    """Why a ground ended. Permanent codes."""

    AGREED = "agreed"  # the person's own yes took its place
    REPLACED = "replaced"  # the item is held for another purpose now
    ERASED = "erased"


class Danger(StrEnum):
    """What an emergency threatens (PIPL 13(1)(4)). Permanent codes."""

    HEALTH = "public-health"
    LIFE = "life"
    PROPERTY = "property"


class Stage(StrEnum):
    """Where an emergency stands."""

    ASKED = "asked"
    LIVE = "live"
    DROPPED = "dropped"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an item about a person is held for a purpose, from when on, and until when.

    `under` is the statute, contract or emergency by id; for a yes it is empty, as the consent
    record has the words.
    """

    id: str
    subject: SubjectId
    item: Item
    purpose: Purpose
    basis: Basis
    under: str
    since: datetime
    until: datetime | None
    end: End | None


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger for which two members of staff opened some items about one person for a time.

    `asked_by` and `answered_by` are staff ids; times are aware.
    """

    id: str
    subject: SubjectId
    danger: Danger
    items: tuple[Item, ...]
    stage: Stage
    asked_by: str
    asked_at: datetime
    answered_by: str
    until: datetime | None
    ended_at: datetime | None
