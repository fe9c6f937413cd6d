"""Coming editions of the policy, made from the one in force."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shouyue.privacy.policy import source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Change, Policy, RecipientKind, Text, Version


def edition(
    number: str, published: datetime, days: int, change: Change = Change.MAJOR, **other: Any
) -> Policy:
    """The shipped policy under another number, in force `days` after a day; parts replaced."""
    version = Version(number, published, published + timedelta(days=days), change)
    return replace(source.load(), version=version, released={}, **other)


def said(clause: Clause, zh: str, en: str, **other: Any) -> dict[str, Any]:
    """The clauses with other words in one of them."""
    whole = source.load()
    words = replace(whole.clauses[clause], prose=Text(zh, en), **other)
    return {**whole.clauses, clause: words}


def received(kind: RecipientKind, *items: Item) -> dict[RecipientKind, Any]:
    """The recipients with more items for one kind."""
    whole = source.load()
    known = whole.recipients[kind]
    return {**whole.recipients, kind: replace(known, items=(*known.items, *items))}
