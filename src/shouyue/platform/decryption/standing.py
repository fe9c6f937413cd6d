"""How the operator's system is asked about orders: their state, and what the shop may open.

Asked before a field is opened for an app, and before one goes to a waybill or a text message.

The question holds order numbers, the answer no name, phone or address (5.1.2). It is an upstream
route beside the APIs, `order.standing.get`:

    {"orders": [2632700000001]}
    {"level": 3, "quota": 500, "shipped": 1200, "orders": [{"oid": 2632700000001,
      "buyerOpenId": "…", "status": 30, "endTime": 0, "refunding": false,
      "privacyInfoAuthStatus": 0}]}

`quota` is what the operator leaves to the APIs on this day, with what the shop was granted beyond
its level and without what was used elsewhere. Orders of other shops are left out.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shouyue.platform.decryption.errors import OrdersSilent
from shouyue.platform.decryption.types import Order, Told

METHOD = "order.standing.get"
_AUTHORISED = 10
_MOST = 2**31 - 1
_ENDED = frozenset({70, 80})


def question(orders: Iterable[str]) -> Mapping[str, Any]:
    """Return the parameters that ask about these orders."""
    return {"orders": sorted(int(order) for order in set(orders))}


def read(content: Any) -> Told:
    """Return what was told, or raise OrdersSilent."""
    try:
        orders = {str(int(one["oid"])): _order(one) for one in content["orders"]}
        quota, shipped = _count(content["quota"]), _count(content["shipped"])
        return Told(int(content["level"]), quota, shipped, orders)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise OrdersSilent from None


def _order(one: Mapping[str, Any]) -> Order:
    status, buyer = int(one["status"]), str(one["buyerOpenId"])
    if not buyer or one["refunding"] not in {True, False}:
        raise ValueError(METHOD)
    return Order(
        buyer=buyer,
        status=status,
        ended=_moment(int(one["endTime"])) if status in _ENDED else None,
        refunding=one["refunding"],
        authorised=int(one["privacyInfoAuthStatus"]) == _AUTHORISED,
    )


def _count(said: Any) -> int:
    if not 0 <= int(said) <= _MOST:
        raise ValueError(METHOD)
    return int(said)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
