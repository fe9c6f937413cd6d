"""Statutes as data: which article carries which item for which purpose."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from shouyue.privacy.grounds.errors import StatuteMissing
from shouyue.privacy.grounds.types import Statute
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, ItemRule, Text


@cache
def known() -> Mapping[str, Statute]:
    """Return every article by id, in the order of the file."""
    text = (resources.files(__package__) / "statutes.toml").read_text(encoding="utf-8")
    return {one["id"]: _statute(one) for one in tomllib.loads(text)["statute"]}


def carrying(item: Item, purpose: Purpose, day: date) -> Statute | None:
    """Return the first article in force on a day that carries the item for the purpose."""
    for one in known().values():
        named = item in one.items and purpose in one.purposes
        if named and (one.until is None or day <= one.until):
            return one
    return None


@control(
    Clause.C2_6_1_b,
    says="The house does not open while the policy claims a duty that no article carries.",
)
def check(day: date) -> None:
    """Return if each duty that the policy declares has its article; raise StatuteMissing."""
    missing = [
        f"{rule.id.value}/{purpose.value}"
        for rule in policy.active().items.values()
        for purpose in rule.purposes
        if _claims_duty(rule, purpose) and carrying(rule.id, purpose, day) is None
    ]
    if missing:
        raise StatuteMissing(missing=", ".join(missing))


def _claims_duty(rule: ItemRule, purpose: Purpose) -> bool:
    own = any(Basis.LEGAL_DUTY in bases for bases in rule.bases.values())
    return own and Basis.LEGAL_DUTY in policy.purpose(purpose).bases


def _statute(said: Mapping[str, Any]) -> Statute:
    return Statute(
        id=said["id"],
        name=Text(said["zh"], said["en"]),
        duty=Text(**said["duty"]),
        purposes=tuple(map(Purpose, said["purposes"])),
        items=tuple(map(Item, said["items"])),
        until=said.get("until"),
    )
