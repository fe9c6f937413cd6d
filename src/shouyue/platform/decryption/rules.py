"""Pure decisions: which orders may be opened, which are free, how many a shop and an app may open.

Protocol, sections 4.4 and 5.3.
"""

from datetime import datetime, timedelta

from shouyue.ground.kit.errors import Refusal
from shouyue.platform.decryption.errors import LevelTooLow, OrderUnknown, WindowOver
from shouyue.platform.decryption.types import Order, Told

WINDOW = timedelta(days=14)
"""How long after its end an order may still be opened."""

RATE_PERCENT = 5
RATE_DAYS = 30
RATE_FLOOR = 20
"""Orders that an app may open whatever the share: five of a hundred of a new shop is nothing."""

_LEAST_LEVEL = 1
_NEARLY_PERCENT = 90
_ON_THE_WAY = frozenset({30, 40})  # to ship; shipped and to receive


def own(told: Told, order: str) -> Refusal | None:
    """Return why this order is nothing to the shop, or None."""
    return None if order in told.orders else OrderUnknown()


def over(told: Told, order: str, now: datetime) -> Refusal | None:
    """Return why a field of this order is opened for nobody any more, or None."""
    if order not in told.orders:
        return OrderUnknown()
    ended = told.orders[order].ended
    if ended is not None and now - ended > WINDOW:
        return WindowOver(order=order, days=WINDOW.days)
    return None


def closed(told: Told, order: str, now: datetime) -> Refusal | None:
    """Return why a field of this order may not be shown to an app at all, or None."""
    if order in told.orders and told.level < _LEAST_LEVEL:
        return LevelTooLow()
    return over(told, order, now)


def free(order: Order) -> bool:
    """Tell whether an order costs nothing: a refund is running, or the buyer said yes meanwhile."""
    return order.refunding or (order.authorised and order.status in _ON_THE_WAY)


def most_by_rate(shipped: int) -> int:
    """Return how many orders an app may open in thirty days of a shop that shipped so many."""
    return max(RATE_FLOOR, shipped * RATE_PERCENT // 100)


def nearly(used: int, quota: int) -> bool:
    """Tell whether nine tenths of a quota are used."""
    return quota > 0 and used * 100 >= quota * _NEARLY_PERCENT
