"""What can happen to an order, each step with the event that the platform is told.

The life of an order: 10 unpaid, 30 paid, 40 shipped, 50 signed for, 70 success; 80 closed.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from shouyue_sandbox.shop import generate
from shouyue_sandbox.shop.shelf import Document, Shelf

Tell = Callable[[str, int, int, Document], None]
"""Takes event name, seller id, business id and the event's info."""


class NotNow(Exception):  # noqa: N818 - a refusal of the shop
    """The order is not in a state for that."""


class Shop:
    """The sandbox's shops, alive."""

    def __init__(self, shelf: Shelf, dice: Random, clock_ms: Callable[[], int], tell: Tell) -> None:
        """Change the shelf; `tell` is called within the change and must only note the event."""
        self.shelf = shelf
        self._dice = dice
        self._clock_ms = clock_ms
        self._tell = tell

    def now_ms(self) -> int:
        """Return the shops' time."""
        return self._clock_ms()

    def place(self, seller_id: int, item_id: int | None = None) -> Document:
        """A generated buyer orders; the order waits for payment."""
        seller = self._need("seller", seller_id)
        items = [i for i in self.shelf.all("item") if i["sellerId"] == seller_id]
        item = self._need("item", item_id) if item_id else self._dice.choice(items)
        with self.shelf.change():
            order = generate.new_order(self.shelf, self._dice, seller, item, self._clock_ms())
            info = self._info(order, "createTime")
            self._tell("kwaishop_order_addOrder", seller_id, int(order["oid"]), info)
        return order

    def pay(self, oid: int) -> Document:
        """The buyer pays."""
        return self._step(oid, 10, 30, "payTime", "kwaishop_order_paySuccess")

    def ship(self, oid: int, express_code: int, express_no: str) -> Document:
        """The seller hands the parcel over."""
        express = {"expressCode": express_code, "expressNo": express_no}
        return self._step(oid, 30, 40, "sendTime", "kwaishop_order_delivering", express=express)

    def sign_for(self, oid: int) -> Document:
        """The buyer receives the parcel."""
        return self._step(oid, 40, 50, "recvTime", "kwaishop_order_deliverySuccess")

    def succeed(self, oid: int) -> Document:
        """The order is complete."""
        return self._step(oid, 50, 70, "", "kwaishop_order_orderSuccess")

    def close(self, oid: int) -> Document:
        """An unpaid order ends."""
        return self._step(oid, 10, 80, "", "kwaishop_order_orderFail")

    def ask_refund(self, oid: int) -> Document:
        """The buyer wants the money back."""
        order = self._need("order", oid)
        if order["status"] not in {30, 40, 50, 70}:
            raise NotNow
        with self.shelf.change():
            refund = generate.new_refund(self.shelf, order, self._clock_ms())
            self._tell_refund("kwaishop_aftersales_addRefund", refund, "createTime")
        return refund

    def refund(self, refund_id: int) -> Document:
        """The seller agrees; the money goes back."""
        refund = self._need("refund", refund_id)
        if refund["status"] != 10:  # noqa: PLR2004 - waiting for the seller
            raise NotNow
        now = self._clock_ms()
        with self.shelf.change():
            refund |= {"status": 60, "negotiateStatus": 2, "updateTime": now}
            self.shelf.put("refund", refund_id, refund)
            order = self._need("order", int(refund["oid"]))
            self.shelf.put("order", int(order["oid"]), order | {"refundTime": now})
            self._tell_refund("kwaishop_aftersales_updateRefund", refund, "updateTime")
        return refund

    def _step(
        self, oid: int, before: int, after: int, stamp: str, event: str, **more: Any
    ) -> Document:
        order = self._need("order", oid)
        if order["status"] != before:
            raise NotNow
        now = self._clock_ms()
        order |= {"status": after, "updateTime": now, **more}
        if stamp:
            order[stamp] = now
        with self.shelf.change():
            self.shelf.put("order", oid, order)
            self._tell(event, int(order["sellerId"]), oid, self._info(order, "updateTime"))
        return order

    def _info(self, order: Document, stamp: str) -> Document:
        info = {field: order[field] for field in ("oid", "sellerId", stamp)}
        if stamp == "updateTime":
            info["status"] = order["status"]
        return info

    def _tell_refund(self, event: str, refund: Document, stamp: str) -> None:
        info = {
            "orderId": refund["oid"],
            "refundId": refund["refundId"],
            "handlingWay": refund["handlingWay"],
            "specialRefundType": 0,
            "status": refund["status"],
            stamp: refund[stamp],
            "eventType": 0 if stamp == "createTime" else refund["status"],
        }
        self._tell(event, int(refund["sellerId"]), int(refund["refundId"]), info)

    def _need(self, kind: str, number: int) -> Document:
        found = self.shelf.get(kind, number)
        if found is None:
            raise NotNow
        return found
