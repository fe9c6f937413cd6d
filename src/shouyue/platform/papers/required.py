"""What a certification takes: the items of the company and of each role, as 2.1.2.a lists them."""

from collections.abc import Collection, Mapping

from shouyue.platform.papers.types import Role, Step
from shouyue.privacy.policy.items import Item

ENTERPRISE = (Item.DI_10, Item.DI_11, Item.DI_12)
PHOTOS = (Item.DI_10, Item.DI_16, Item.DI_17)
CARD = (Item.DI_16, Item.DI_17)
ROLES: Mapping[Role, tuple[Item, ...]] = {
    Role.LEGAL: (Item.DI_13, Item.DI_14, Item.DI_15, Item.DI_16, Item.DI_17),
    Role.ADMIN: (Item.DI_18, Item.DI_19, Item.DI_20, Item.DI_21),
}
IDENTITY: Mapping[Role, tuple[Item, Item]] = {
    Role.LEGAL: (Item.DI_13, Item.DI_14),
    Role.ADMIN: (Item.DI_18, Item.DI_19),
}
"""Name and number of each role."""
CONTACTS = (Item.DI_20, Item.DI_21)
STEPS: Mapping[Step, tuple[Item, ...]] = {
    Step.ENTERPRISE: ENTERPRISE,
    Step.LEGAL: ROLES[Role.LEGAL],
    Step.ADMIN: ROLES[Role.ADMIN],
}
ITEMS = tuple(item for step in Step for item in STEPS[step])


def done(held: Collection[Item]) -> frozenset[Step]:
    """Return the steps of which every item is held."""
    return frozenset(step for step in Step if set(STEPS[step]) <= set(held))
