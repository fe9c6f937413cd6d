"""Pure decisions about provisions: what one needs, and whether it carries a release now."""

from datetime import datetime

from shouyue.ground.kit.errors import Refusal
from shouyue.privacy.sharing.errors import ItemNotCovered, NoProvision, RecipientNotActive
from shouyue.privacy.sharing.types import (
    NewProvision,
    NewRecipient,
    Provision,
    ProvisionState,
    Release,
    Standing,
)


def lacks(form: NewRecipient | NewProvision) -> str:
    """Return the first thing that is missing, or an empty string."""
    needed = (
        ("enterprise", "contract")
        if isinstance(form, NewRecipient)
        else ("recipient", "items", "notice", "case")
    )
    return next((name for name in needed if not getattr(form, name)), "")


def refusal(
    release: Release, provision: Provision | None, standing: Standing, at: datetime
) -> Refusal | None:
    """Return why the release may not happen at this moment, or None (INV-22)."""
    if provision is None or provision.state is not ProvisionState.ACTIVE:
        return NoProvision()
    if not provision.since <= at < provision.until:
        return NoProvision()
    if standing is not Standing.ACTIVE:
        return RecipientNotActive(standing=standing.value)
    extra = sorted(release.items - provision.items)
    return ItemNotCovered(item=extra[0].value) if extra else None
