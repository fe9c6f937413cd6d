"""Asking the operator's system how the orders stand whose buyers' fields would be opened."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from shouyue.platform.catalogue.types import Api, TokenKind
from shouyue.platform.decryption import standing
from shouyue.platform.decryption.types import Told

Ask = Callable[[Api, Mapping[str, Any]], Awaitable[Any]]
"""Asks the operator's system for the shop of the call: route and parameters in, `data` out."""

_NOTHING = Told(0, 0, 0, {})
_STANDING = Api(standing.METHOD, "GET", "", "", "", TokenKind.USER, (), "any")
"""No API of the catalogue: what only the house asks of the operator's system."""


async def told(orders: Collection[str], ask: Ask) -> Told:
    """Return how these orders stand; what is no order's number is none of the shop's.

    Raises OrdersSilent, and what `ask` raises.
    """
    numbers = {order for order in orders if order.isascii() and order.isdecimal()}
    if not numbers:
        return _NOTHING
    return standing.read(await ask(_STANDING, standing.question(numbers)))
