"""The statutes, read from their file: which law keeps which items, counted from what."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from shouyue.privacy.custody.types import Statute
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor, Text


@cache
def statutes() -> Mapping[str, Statute]:
    """Return every statute by its id."""
    text = resources.files("shouyue.privacy.custody").joinpath("statutes.toml").read_text("utf-8")
    return {entry["id"]: _read(entry) for entry in tomllib.loads(text)["statute"]}


def _read(entry: Mapping[str, Any]) -> Statute:
    return Statute(
        id=entry["id"],
        name=Text(entry["zh"], entry["en"]),
        why=Text(**entry["why"]),
        items=frozenset(map(Item, entry["items"])),
        runs_from=Anchor(entry["runs_from"]),
        months=entry["months"],
    )
