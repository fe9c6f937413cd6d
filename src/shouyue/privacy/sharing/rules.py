"""Pure decisions about provisions: what one needs, and whether it carries a release now."""

from collections.abc import Collection
from datetime import datetime

from shouyue.ground.kit.errors import Refusal
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import RecipientRule
from shouyue.privacy.sharing.errors import (
    ItemNotCovered,
    NoProvision,
    RecipientNotActive,
    Undeclared,
)
from shouyue.privacy.sharing.types import (
    NewProvision,
    NewRecipient,
    ProvisionState,
    Standing,
    Under,
)


def lacks(form: NewRecipient | NewProvision) -> str:
    """Return the first thing that is missing, or an empty string."""
    needed = (
        ("enterprise", "contract")
        if isinstance(form, NewRecipient)
        else ("recipient", "items", "notice", "case")
    )
    return next((name for name in needed if not getattr(form, name)), "")


def check_declared(listed: RecipientRule, items: Collection[Item], purpose: Purpose) -> None:
    """Return if the published list has the purpose and every item; raise Undeclared otherwise."""
    if purpose not in listed.purposes:
        raise Undeclared(what=purpose.value, kind=listed.id.value)
    if extra := sorted(set(items) - set(listed.items)):
        raise Undeclared(what=extra[0].value, kind=listed.id.value)


def refusal(
    items: frozenset[Item], under: Under | None, listed: Collection[Item], at: datetime
) -> Refusal | None:
    """Return why these items may not be released at this moment, or None (INV-22).

    `listed` are the items that the policy in force names for the recipient's kind: a list that
    has become shorter since the provision was made binds at once.
    """
    if under is None or under.state is not ProvisionState.ACTIVE:
        return NoProvision()
    if not under.since <= at < under.until:
        return NoProvision()
    if under.standing is not Standing.ACTIVE:
        return RecipientNotActive(standing=under.standing.value)
    if extra := sorted(items - under.items):
        return ItemNotCovered(item=extra[0].value)
    if extra := sorted(items.difference(listed)):
        return Undeclared(what=extra[0].value, kind=under.kind.value)
    return None
