"""The one list of statutes, read from its file. Clauses: 2.6.1.b, 6.1.2 with its exception.

Grounds ask which duty carries an item, custody asks what a law keeps from erasure.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Text
from shouyue.privacy.statutes.types import Duty, Keeping


@cache
def duties() -> Mapping[str, Duty]:
    """Return every duty by its id, in the order of the file."""
    found = [_duty(said) for said in _file() if "duty" in said]
    return {one.id: one for one in found}


@cache
def keepings() -> Mapping[str, Keeping]:
    """Return by its id whatever keeps items from erasure, in the order of the file."""
    found = [_keeping(said) for said in _file() if "keeping" in said]
    return {one.id: one for one in found}


def carrying(item: Item, purpose: Purpose, day: date) -> Duty | None:
    """Return the first duty in force on a day that carries the item for the purpose."""
    for one in duties().values():
        if item in one.items and purpose in one.purposes and _lives(one, day):
            return one
    return None


def keeping(day: date) -> list[Keeping]:
    """Return whatever keeps items from erasure on a day: a repealed article keeps nothing more."""
    return [one for one in keepings().values() if _lives(one, day)]


def _lives(one: Duty | Keeping, day: date) -> bool:
    return one.until is None or day <= one.until


def _file() -> list[Mapping[str, Any]]:
    text = (resources.files(__package__) / "statutes.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["statute"])


def _duty(said: Mapping[str, Any]) -> Duty:
    own = said["duty"]
    return Duty(
        id=own["id"],
        name=Text(said["zh"], said["en"]),
        bids=Text(**own["bids"]),
        purposes=tuple(map(Purpose, own["purposes"])),
        items=tuple(map(Item, own["items"])),
        until=said.get("until"),
    )


def _keeping(said: Mapping[str, Any]) -> Keeping:
    own = said["keeping"]
    return Keeping(
        id=own["id"],
        name=Text(said["zh"], said["en"]),
        why=Text(**own["why"]),
        items=frozenset(map(Item, own["items"])),
        earlier=frozenset(map(Item, own.get("earlier", ()))),
        runs_from=Anchor(own["runs_from"]),
        months=own["months"],
        until=said.get("until"),
    )
