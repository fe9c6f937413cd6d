"""Let time pass in a shop: its past moves back, and what was due meanwhile happens.

The shop's clock stays that of the world. To be ten days on, everything in the shop becomes ten days
older; so no document comes from the future, and windows that others count (an order's fourteen
days for decryption, a coupon's end) pass as well. What nobody did by then happens at its own
moment and is told. The periods are the sandbox's own, of the order that shops have.
"""

from collections.abc import Callable
from typing import Any

from shouyue_sandbox.shop import premises
from shouyue_sandbox.shop.life import (
    ASKED_MONEY,
    ASKED_RETURN,
    SHIPPED,
    SIGNED,
    UNPAID,
    NotNow,
    Shop,
)
from shouyue_sandbox.shop.shelf import Document

HOUR_MS = 3_600_000
MOST_HOURS = 365 * 24
UNPAID_HOURS, SHIPPED_HOURS, SIGNED_HOURS, ASKED_HOURS = 24, 72, 168, 48

_MOMENTS = frozenset({"asked", "at"})
Step = Callable[[Shop, int], Document]

_ORDERS: dict[int, tuple[str, int, Step]] = {
    UNPAID: ("createTime", UNPAID_HOURS, Shop.close),
    SHIPPED: ("sendTime", SHIPPED_HOURS, Shop.sign_for),
    SIGNED: ("recvTime", SIGNED_HOURS, Shop.succeed),
}
_REFUNDS: dict[int, tuple[str, int, Step]] = dict.fromkeys(
    (ASKED_MONEY, ASKED_RETURN), ("updateTime", ASKED_HOURS, Shop.refund)
)


def pass_time(shop: Shop, seller_id: int, hours: int) -> int:
    """Let so many hours pass in an app's own shop; return how many things happened by themselves.

    An unpaid order is closed after a day, a shipped one signed for after three, a received one
    complete after seven; a refund that nobody answers is agreed to after two days. What was due
    before happens at the start. Raises NotNow for a shop of everybody's and for no or too many
    hours.
    """
    premises.own(shop, seller_id)
    if not 0 < hours <= MOST_HOURS:
        raise NotNow
    now = shop.now()
    start = now - hours * HOUR_MS
    with shop.shelf.change():
        for kind in premises.THEIRS:
            for number, document in shop.shelf.of(kind, seller_id):
                shop.shelf.put(kind, number, _older(document, hours * HOUR_MS))
    return _catch_up(shop, seller_id, start, now)


def _catch_up(shop: Shop, seller_id: int, start: int, now: int) -> int:
    happened = 0
    while due := _next(shop, seller_id, start):
        at, number, step = due
        if at > now:
            break
        step(shop.at(at), number)
        happened += 1
    return happened


def _next(shop: Shop, seller_id: int, start: int) -> tuple[int, int, Step] | None:
    waiting = [
        (max(start, int(one[stamp]) + hours * HOUR_MS), number, step)
        for kind, rules in (("order", _ORDERS), ("refund", _REFUNDS))
        for number, one in shop.shelf.of(kind, seller_id)
        for stamp, hours, step in [rules.get(int(one["status"]), ("", 0, Shop.close))]
        if stamp
    ]
    return min(waiting, key=lambda one: one[:2], default=None)


def _older(value: Any, by_ms: int, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _older(inside, by_ms, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [_older(inside, by_ms) for inside in value]
    moment = name.endswith("Time") or name in _MOMENTS
    return value - by_ms if moment and isinstance(value, int) and value else value
