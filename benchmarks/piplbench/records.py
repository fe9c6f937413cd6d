"""What both sides hold: GDPRbench's record, its fields drawn from the policy and independently.

A key is a person and an item. PUR, the basis and TTL (the retention class) are drawn among what the
policy declares for the item, USR and the item independently of the key's number, so that a
person has several purposes, as GDPRbench's people have not (there 25 divides 10,000).
"""

import random
from dataclasses import dataclass
from datetime import date
from functools import cache

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.statutes import service as statutes

BYTES = 100
"""Bytes of personal data in one record, as in GDPRbench."""

EACH = 10
"""Records of one person on average: GDPRbench has 100,000 of 10,000 people."""

ITEMS = tuple(
    Item(f"DI-{number:02d}")
    for number in (1, 4, 5, 6, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 34, 36, 37, 42, 50)
)
"""What a certified merchant may have in the vault as a value."""

SOURCES = tuple(f"source-{number}" for number in range(10))
RECIPIENTS = 10
_DAY = date(2026, 11, 23)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Key = tuple[SubjectId, Item]


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `objected` says that the person has switched its purpose off."""

    subject: SubjectId
    item: Item
    data: str
    purpose: Purpose
    basis: Basis
    source: str
    objected: bool = False

    @property
    def keeping(self) -> str:
        """Return the retention class: what TTL is to us."""
        return policy.item(self.item).retention_class

    @property
    def readable(self) -> bool:
        """Tell whether it may be read for its own purpose now."""
        return not (self.objected and self.basis.agreed)


def subject(number: int) -> SubjectId:
    """Return the id of the person with this number."""
    return SubjectId(f"{number:026d}")


def purposes() -> list[Purpose]:
    """Return the purposes that records may have."""
    return sorted({purpose for item in ITEMS for purpose in policy.item(item).purposes})


def draw(dice: random.Random, of: SubjectId, item: Item) -> Record:
    """Return a fresh record of this person and item."""
    purpose, basis = dice.choice(ways(item))
    return Record(of, item, value(dice), purpose, basis, dice.choice(SOURCES))


@cache
def ways(item: Item) -> list[tuple[Purpose, Basis]]:
    """Return the purposes and bases on which an item may be kept; a duty needs its article."""
    rule = policy.item(item)
    bases = sorted({basis for declared in rule.bases.values() for basis in declared})
    return [
        (purpose, basis)
        for purpose in rule.purposes
        for basis in bases
        if basis is not Basis.LEGAL_DUTY or statutes.carrying(item, purpose, _DAY)
    ]


def minor(dice: random.Random, of: SubjectId) -> Record:
    """Return a fresh record of a child, by a guardian's yes."""
    return Record(of, Item.DI_62, value(dice), Purpose.P14, Basis.GUARDIAN, dice.choice(SOURCES))


def value(dice: random.Random) -> str:
    """Return a hundred bytes of invented data."""
    return "".join(dice.choices(_LETTERS, k=BYTES))


def population(dice: random.Random, count: int) -> list[Record]:
    """Return so many records of a tenth as many people, each key once."""
    people = max(1, count // EACH)
    keys: set[Key] = set()
    while len(keys) < count:
        keys.add((subject(dice.randrange(people)), dice.choice(ITEMS)))
    return [draw(dice, of, item) for of, item in sorted(keys)]
