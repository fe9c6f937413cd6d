"""What happens in the sandbox is told as the catalogue declares it, and each refusal can be met."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.decryption import standing
from shouyue.platform.push import rules
from shouyue.platform.push.types import IncomingEvent
from shouyue_sandbox.pages import meets
from shouyue_sandbox.pages.counter import next_steps
from shouyue_sandbox.shop import premises
from shouyue_sandbox.shop.answers import Refused, answer
from shouyue_sandbox.shop.generate import FIRST_SELLER
from shouyue_sandbox.shop.life import NotNow
from tests.unit.test_sandbox_own_shops import NOW, Market

SELLER = FIRST_SELLER
MOVED = ("addressBeforeUpdate", "addressAfterUpdate")
WITHHELD = {"note", "operatorName"}
"""Names and free words of an order's note, which no app is told."""


@pytest.fixture
def market() -> Market:
    return Market()


def paid(market: Market) -> int:
    oid = int(market.shop.place(SELLER)["oid"])
    market.shop.pay(oid)
    return oid


def ask(market: Market, method: str, **param: Any) -> Any:
    return answer(market.shop, method, SELLER, param)


def a_day(market: Market) -> None:
    """One order of each fate."""
    shop = market.shop
    whole = int(shop.place(SELLER)["oid"])
    shop.reprice(whole)
    shop.pay(whole)
    ask(market, "open.seller.order.note.add", orderId=whole, note="加急", flag=1)
    ask(
        market,
        "open.order.address.update",
        orderId=whole,
        address="新街 1 号",
        isPartialUpdate=True,
    )
    shop.ship(whole, 4, "SF1")
    shop.sign_for(whole)
    shop.succeed(whole)
    shop.close(int(shop.place(SELLER)["oid"]))
    for verb in ("approve", "reject"):
        moved = paid(market)
        shop.ask_move(moved)
        ask(market, f"open.order.address.audit.{verb}", oid=moved)
    shop.refund(int(shop.ask_refund(paid(market))["refundId"]))


def test_every_event_of_the_catalogue_happens_and_is_told_as_declared(market: Market) -> None:
    a_day(market)
    told = [one for one in market.told if one[0] in catalogue.events()]
    assert {one[0] for one in told} == set(catalogue.events())
    for name, seller, number, info in told:
        event = catalogue.event(name)
        given = IncomingEvent("1_2_3", name, seller, number, info, datetime.now(UTC), ())
        kept = rules.check(event, given)
        assert kept.keys() | WITHHELD == info.keys() | WITHHELD, name
        filled = set() if name == "kwaishop_order_addOrder" else {"openId"}
        missing = event.info.keys() - info.keys() - filled - {"customizedInfo", "openId"}
        assert not missing, name


def test_an_audit_and_a_new_address_are_told_apart(market: Market) -> None:
    oid = paid(market)
    market.shop.ask_move(oid)
    market.told.clear()
    ask(market, "open.order.address.audit.approve", oid=oid)
    names = [(name, info.get("auditStatus")) for name, _, _, info in market.told]
    assert names == [
        ("kwaishop_order_addressUpdateAudit", 20),
        ("kwaishop_order_addressChange", None),
    ]


def test_a_price_falls_while_nobody_has_paid(market: Market) -> None:
    order = market.shop.place(SELLER)
    after = market.shop.reprice(int(order["oid"]))
    assert after["totalFee"] == order["totalFee"] * 9 // 10
    base = ask(market, "open.order.detail", oid=order["oid"])["orderBaseInfo"]
    assert base["discountFee"] == order["totalFee"] - after["totalFee"]
    fees = ask(market, "open.seller.order.fee.detail", orderId=order["oid"])
    assert fees["discountFee"] == base["discountFee"]
    market.shop.pay(int(order["oid"]))
    with pytest.raises(NotNow):
        market.shop.reprice(int(order["oid"]))


def test_a_held_order_hides_where_it_goes_and_does_not_leave(market: Market) -> None:
    oid = paid(market)
    market.shop.ask_move(oid)
    market.shop.hold(oid)
    whole = ask(market, "open.order.detail", oid=oid)
    assert whole["orderBaseInfo"]["disableDeliveryReasonCode"] == [2]
    assert whole["orderBaseInfo"]["validPromiseShipmentTimeStamp"] == 0
    audit = whole["addressUpdateAuditInfo"]
    for place in (whole["orderAddress"], *(audit[name] for name in MOVED)):
        assert place.keys() >= {"consignee", "mobile", "address"}
        assert not any(place.values())
    parcel = {"expressCode": 4, "expressNo": "SF1"}
    goods = {"deliveryGoodsInfoList": [{"oid": oid, "deliveryNum": 1}]}
    for method, asked in (
        ("open.seller.order.goods.deliver", {"orderId": oid, **parcel}),
        (
            "open.order.goods.split.deliver",
            {"mainOrderId": oid, "deliveryItemInfoList": [goods | parcel]},
        ),
    ):
        with pytest.raises(Refused) as caught:
            ask(market, method, **asked)
        assert (caught.value.sub_code, caught.value.result) == ("order.on-hold", 21)
        assert "disableDeliveryReasonCode" in caught.value.sub_msg
    market.shop.hold(oid)
    whole = ask(market, "open.order.detail", oid=oid)
    assert whole["orderBaseInfo"]["validPromiseShipmentTimeStamp"] == 1
    assert whole["orderAddress"]["address"]
    ask(market, "open.seller.order.goods.deliver", orderId=oid, expressCode=4, expressNo="SF1")


def told(market: Market, seller: int, *orders: int) -> Any:
    return standing.read(answer(market.shop, standing.METHOD, seller, {"orders": list(orders)}))


def test_a_buyers_word_is_told_and_shown(market: Market) -> None:
    oid = paid(market)
    assert not told(market, SELLER, oid).orders[str(oid)].authorised
    market.shop.give_word(oid)
    assert told(market, SELLER, oid).orders[str(oid)].authorised
    base = ask(market, "open.order.detail", oid=oid)["orderBaseInfo"]
    assert (base["privacyInfoAuthStatus"], base["privacyInfoAuthTime"]) == (10, NOW)
    with pytest.raises(NotNow):
        market.shop.give_word(oid)


def test_each_refusal_of_decryption_can_be_met(market: Market) -> None:
    shared = [told(market, one["sellerId"]) for one in premises.of(market.shop, "")]
    assert [(one.level, one.quota) for one in shared] == [(3, 100), (3, 100), (3, 1), (0, 100)]
    for seller in premises.of(market.shop, ""):
        orders = market.all_of(seller["sellerId"], "order")
        assert [one for one in orders if one.get("wordTime") and one["status"] == 30]
        assert [one for one in orders if one.get("held") == [2]]
    mine = market.opened()
    for name, rank in (("low", (0, 100)), ("spent", (3, 1)), ("full", (3, 100))):
        premises.rank(market.shop, mine, name)
        found = told(market, mine)
        assert (found.level, found.quota) == rank
    for other, name in ((SELLER, "low"), (mine, "none")):
        with pytest.raises(NotNow):
            premises.rank(market.shop, other, name)


def test_the_page_names_where_each_refusal_is_met_now(market: Market) -> None:
    shops = premises.of(market.shop, "")
    orders = [one for shop in shops for one in market.all_of(shop["sellerId"], "order")]
    found = {one.code: one for one in meets.of(shops, orders)}
    third, fourth = shops[2]["sellerId"], shops[3]["sellerId"]
    assert (found["decryption.quota"].ids, found["decryption.level"].ids) == ([third], [fourth])
    assert all(catalogue.number(one.code) for one in found.values() if one.page)
    held, worded = found["order.on-hold"].ids, found["privacyInfoAuthStatus"].ids
    assert {market.order(oid)["sellerId"] for oid in held} == {s["sellerId"] for s in shops}
    assert fourth not in {market.order(oid)["sellerId"] for oid in worded}
    for oid in held:
        market.shop.hold(oid)
    market.shop.ship(worded[0], 4, "SF1")
    market.shop.sign_for(worded[0])
    orders = [market.order(one["oid"]) for one in orders]
    later = {one.code: one.ids for one in meets.of(shops, orders)}
    assert "order.on-hold" not in later
    assert later["privacyInfoAuthStatus"] == worded[1:]


def test_a_refund_before_shipping_closes_the_order_and_tells_of_both(market: Market) -> None:
    oid = paid(market)
    refund = int(market.shop.ask_refund(oid)["refundId"])
    market.told.clear()
    ask(market, "open.seller.order.refund.approve", refundId=refund, refundAmount=1)
    assert [(name, number, info["status"]) for name, _, number, info in market.told] == [
        ("kwaishop_order_orderFail", oid, 80),
        ("kwaishop_aftersales_updateRefund", refund, 60),
    ]


def test_the_page_offers_no_step_that_an_order_could_only_be_refused(market: Market) -> None:
    oid = paid(market)
    assert {"ship", "word", "move", "hold"} <= set(next_steps(market.order(oid)))
    market.shop.hold(oid)
    market.shop.give_word(oid)
    market.shop.ask_move(oid)
    left = set(next_steps(market.order(oid)))
    assert not left & {"ship", "word", "move"}
    assert "hold" in left
    market.shop.hold(oid)
    assert "ship" in next_steps(market.order(oid))
