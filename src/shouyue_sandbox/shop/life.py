"""What can happen to an order, each step with the event that the platform is told.

The life of an order: 10 unpaid, 30 paid, 40 shipped, 50 signed for, 70 success; 80 closed. Of a
refund: 10 money or 11 return asked for, 30 the buyer sends it back, 40 it is on its way to the
seller, 45 an exchange is on its way to the buyer, 60 done.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from shouyue_sandbox.shop import fields, generate, people
from shouyue_sandbox.shop.shelf import Document, Shelf

Tell = Callable[[str, int, int, Document], None]
"""Takes event name, seller id, business id and the event's info."""

AGREED, REFUSED = 20, 30
"""How the audit of a new address ends."""

RISK = 2
"""Why an order may not be shipped for now: it is looked at for fraud."""

UNPAID, PAID, SHIPPED, SIGNED, SUCCESS, CLOSED = 10, 30, 40, 50, 70, 80
ASKED_MONEY, ASKED_RETURN, RETURNING, ARRIVING, EXCHANGING, DONE = 10, 11, 30, 40, 45, 60
EXCHANGE = 3
_NUMBERS = {
    "order": "oid",
    "refund": "refundId",
    "item": "itemId",
    "comment": "commentId",
    "coupon": "couponId",
    "waybill": "number",
}


class NotNow(Exception):  # noqa: N818 - a refusal of the shop
    """The order is not in a state for that."""


class Shop:
    """The sandbox's shops, alive."""

    def __init__(self, shelf: Shelf, dice: Random, clock_ms: Callable[[], int], tell: Tell) -> None:
        """Change the shelf; `tell` is called within the change and must only note the event."""
        self.shelf = shelf
        self.now = clock_ms
        self._dice = dice
        self.tell = tell

    def at(self, moment_ms: int) -> "Shop":
        """Return the shop at one moment, for what happened then."""
        return Shop(self.shelf, self._dice, lambda: moment_ms, self.tell)

    def keep(self, kind: str, document: Document) -> None:
        """Write a document over the one with its number; an order that changes is new again."""
        if kind == "order":
            document = document | {"updateTime": self.now()}
        self.shelf.put(kind, int(document[_NUMBERS[kind]]), document)

    def digits(self, count: int) -> str:
        """Return so many digits at random."""
        return f"{self._dice.randrange(10**count):0{count}d}"

    def place(self, seller_id: int, item_id: int | None = None) -> Document:
        """A generated buyer orders what is on the shelf; the order waits for payment."""
        seller = self._need("seller", seller_id)
        sold = [one for one in self.shelf.all("item") if one["sellerId"] == seller_id]
        sold = [one for one in sold if one["onOfflineStatus"]]
        if not sold:
            raise NotNow
        item = self._need("item", item_id) if item_id else self._dice.choice(sold)
        with self.shelf.change():
            order = generate.new_order(self.shelf, self._dice, seller, item, self.now())
            self._stock(order, -int(order["num"]))
            info = self._info(order, "createTime")
            self.tell("kwaishop_order_addOrder", seller_id, int(order["oid"]), info)
        return order

    def pay(self, oid: int) -> Document:
        """The buyer pays."""
        return self._step(oid, UNPAID, PAID, "payTime", "kwaishop_order_paySuccess")

    def ship(self, oid: int, express_code: int, express_no: str) -> Document:
        """The seller hands everything over in one parcel."""
        pieces = int(self._need("order", oid)["num"])
        return self.ship_parcels(oid, [(express_code, express_no, pieces)])

    def ship_parcels(self, oid: int, parcels: Sequence[tuple[int, str, int]]) -> Document:
        """The seller hands parcels over: carrier, number, pieces. Not while a refund waits."""
        order = self._need("order", oid)
        if order.get("held"):
            raise NotNow
        if any(r["oid"] == oid and r["status"] != DONE for r in self.shelf.all("refund")):
            raise NotNow
        for parcel in parcels:
            order["parcels"].append(generate.parcel(order, *parcel))
        event = "kwaishop_order_delivering"
        return self._step(oid, PAID, SHIPPED, "sendTime", event, parcels=order["parcels"])

    def add_parcel(self, oid: int, express_code: int, express_no: str) -> None:
        """The seller sends one more parcel."""
        order = self._need("order", oid)
        if order["status"] != SHIPPED:
            raise NotNow
        parcel = generate.parcel(order, express_code, express_no, 0)
        self.keep("order", order | {"parcels": [*order["parcels"], parcel]})

    def sign_for(self, oid: int) -> Document:
        """The buyer receives the parcel."""
        return self._step(oid, SHIPPED, SIGNED, "recvTime", "kwaishop_order_deliverySuccess")

    def succeed(self, oid: int) -> Document:
        """The order is complete."""
        return self._step(oid, SIGNED, SUCCESS, "", "kwaishop_order_orderSuccess")

    def close(self, oid: int) -> Document:
        """An unpaid order ends; what it held is for sale again."""
        order = self._step(oid, UNPAID, CLOSED, "", "kwaishop_order_orderFail")
        self._stock(order, int(order["num"]))
        return order

    def comment(self, oid: int) -> Document:
        """The buyer says how it was, once."""
        order = self._need("order", oid)
        if order["status"] != SUCCESS or order["commentStatus"]:
            raise NotNow
        with self.shelf.change():
            return generate.new_comment(self.shelf, self._dice, order, self.now())

    def reprice(self, oid: int) -> Document:
        """The seller lets an unpaid order go for a tenth less."""
        order = self._need("order", oid)
        if order["status"] != UNPAID:
            raise NotNow
        before, fee = int(order["totalFee"]), int(order["totalFee"]) * 9 // 10
        with self.shelf.change():
            self.keep("order", order | {"totalFee": fee})
            fees = {"totalFee": fee, "beforeTotalFee": before, "expressFee": 0}
            self._tell_order("totalFeeChange", oid, **fees, beforeExpressFee=0)
        return self._need("order", oid)

    def add_note(self, oid: int, line: Document, flag: int) -> None:
        """The seller writes something down beside an order, and flags it."""
        order = self._need("order", oid)
        with self.shelf.change():
            self.keep("order", order | {"notes": [*order["notes"], line], "flag": flag})
            info = {"eventType": 2, "operatorType": 1, "bizId": oid, "type": 1, "flag": flag}
            info |= {"operatorName": self._need("seller", int(order["sellerId"]))["nickname"]}
            info |= {"note": line["note"], "updateTime": self.now()}
            self.tell("kwaishop_order_addNote", int(order["sellerId"]), oid, info)

    def hold(self, oid: int) -> Document:
        """A paid order is looked at for fraud, or is let go: meanwhile it may not be shipped."""
        order = self._need("order", oid)
        if order["status"] != PAID:
            raise NotNow
        self.keep("order", order | {"held": [] if order.get("held") else [RISK]})
        return self._need("order", oid)

    def give_word(self, oid: int) -> Document:
        """The buyer lets the seller see this order's fields in plain until it is received."""
        order = self._need("order", oid)
        if order["status"] not in {PAID, SHIPPED, SIGNED} or order.get("wordTime"):
            raise NotNow
        self.keep("order", order | {"wordTime": self.now()})
        return self._need("order", oid)

    def move(self, oid: int, moved: Document) -> None:
        """The order goes elsewhere, and perhaps to somebody else."""
        with self.shelf.change():
            self._move(oid, moved)

    def settle_move(self, oid: int, status: int, moved: Document) -> None:
        """The seller agrees to what the buyer asked for, which then is the address, or does not."""
        order = self._need("order", oid)
        audit = order["audit"] | {"status": status, "at": self.now()}
        with self.shelf.change():
            self.keep("order", order | {"audit": audit})
            self._tell_audit(oid, audit)
            if moved:
                self._move(oid, moved)

    def ask_move(self, oid: int) -> Document:
        """The buyer wants it sent elsewhere; the seller decides."""
        order = self._need("order", oid)
        if order["status"] != PAID or order["audit"]:
            raise NotNow
        place = people.place(self._dice)
        there = order | {"place": {field: getattr(place, field) for field in place.__slots__}}
        audit = {
            "before": fields.address(order),
            "after": fields.address(there),
            "status": 10,
            "asked": self.now(),
            "at": 0,
        }
        with self.shelf.change():
            self.keep("order", order | {"audit": audit})
            self._tell_audit(oid, audit)
        return audit

    def ask_refund(self, oid: int) -> Document:
        """The buyer wants the money back, with or without a parcel by where the goods are."""
        order = self._need("order", oid)
        if order["status"] not in {PAID, SHIPPED, SIGNED, SUCCESS}:
            raise NotNow
        with self.shelf.change():
            refund = generate.new_refund(self.shelf, order, self.now())
            self._tell_refund("kwaishop_aftersales_addRefund", refund, "createTime")
        return refund

    def refund(self, refund_id: int) -> Document:
        """The seller agrees; the money goes back, or the buyer may send the goods."""
        refund = self._need("refund", refund_id)
        if refund["status"] == ASKED_RETURN:
            return self.change_refund(refund, status=RETURNING, negotiateStatus=2)
        if refund["status"] != ASKED_MONEY:
            raise NotNow
        return self.pay_back(refund)

    def send_back(self, refund_id: int) -> Document:
        """The buyer hands the return parcel over."""
        refund = self._need("refund", refund_id)
        if refund["status"] != RETURNING:
            raise NotNow
        parcel = {"expressCode": 4, "expressNo": f"SF{self.digits(12)}"}
        return self.change_refund(refund, status=ARRIVING, parcel=parcel)

    def pay_back(self, refund: Document, **more: Any) -> Document:
        """The money goes back; an order that never left is closed, its goods for sale again."""
        with self.shelf.change():
            order = self._need("order", int(refund["oid"])) | {"refundTime": self.now()}
            left = order["status"] != PAID
            if not left:
                order["status"] = CLOSED
                self._stock(order, int(order["num"]))
            self.keep("order", order)
            if not left:
                self._tell_end(int(order["oid"]))
            return self._changed(refund, status=DONE, negotiateStatus=2, **more)

    def change_refund(self, refund: Document, **facts: Any) -> Document:
        """Write down what became of a refund, and tell."""
        with self.shelf.change():
            return self._changed(refund, **facts)

    def _changed(self, refund: Document, **facts: Any) -> Document:
        # A version is never given twice, whatever the clock says.
        stamp = max(self.now(), int(refund["updateTime"]) + 1)
        refund = refund | facts | {"updateTime": stamp}
        self.keep("refund", refund)
        self._tell_refund("kwaishop_aftersales_updateRefund", refund, "updateTime")
        return refund

    def _stock(self, order: Document, by: int) -> None:
        item = self._need("item", int(order["itemId"]))
        for sku in item["skus"]:
            if sku["skuId"] == order["skuId"]:
                if sku["stock"] + by < 0:
                    raise NotNow
                sku["stock"] += by
        self.keep("item", item)

    def _step(
        self, oid: int, before: int, after: int, stamp: str, event: str, **more: Any
    ) -> Document:
        order = self._need("order", oid)
        if order["status"] != before:
            raise NotNow
        now = self.now()
        order |= {"status": after, "updateTime": now, **more}
        if stamp:
            order[stamp] = now
        with self.shelf.change():
            self.shelf.put("order", oid, order)
            self.tell(event, int(order["sellerId"]), oid, self._info(order, "updateTime"))
        return order

    def _tell_end(self, oid: int) -> None:
        order = self._need("order", oid)
        info = self._info(order, "updateTime")
        self.tell("kwaishop_order_orderFail", int(order["sellerId"]), oid, info)

    def _move(self, oid: int, moved: Document) -> None:
        order = self._need("order", oid)
        self.keep("order", order | moved)
        self._tell_order("addressChange", oid, seller_id=order["sellerId"])

    def _tell_order(self, change: str, oid: int, **facts: Any) -> None:
        order = self._need("order", oid)
        named = {"oid": oid, "buyerOpenId": order["buyer"], "updateTime": order["updateTime"]}
        if "seller_id" not in facts:  # one message spells it so
            named["sellerId"] = order["sellerId"]
        self.tell(f"kwaishop_order_{change}", int(order["sellerId"]), oid, named | facts)

    def _tell_audit(self, oid: int, audit: Document) -> None:
        order = self._need("order", oid)
        info = {"oid": oid, "buyerOpenId": order["buyer"], "createTime": audit["asked"]}
        info |= {"auditStatus": audit["status"], "auditTime": audit["at"]}
        self.tell("kwaishop_order_addressUpdateAudit", int(order["sellerId"]), oid, info)

    def _info(self, order: Document, stamp: str) -> Document:
        info = {field: order[field] for field in ("oid", "sellerId", stamp)}
        info["buyerOpenId"] = order["buyer"]
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
        self.tell(event, int(refund["sellerId"]), int(refund["refundId"]), info)

    def _need(self, kind: str, number: int) -> Document:
        found = self.shelf.get(kind, number)
        if found is None:
            raise NotNow
        return found
