"""The sandbox answers every API of the catalogue, and remembers what was done to it."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Handler, Shape
from shouyue_sandbox.app import Settings
from shouyue_sandbox.provider.accounts import Accounts
from shouyue_sandbox.shop import staff
from shouyue_sandbox.shop.answers import METHODS, Refused, answer
from shouyue_sandbox.shop.generate import FIRST_SELLER, world
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Shelf

NOW = 1_795_449_600_000
DAY = 86_400_000
SEED: int = Settings.__dataclass_fields__["seed"].default  # type: ignore[assignment]
SELLER = FIRST_SELLER
STRANGER = FIRST_SELLER + 1
ASKED = [api for api in catalogue.apis().values() if api.handler is Handler.UPSTREAM]


class Market:
    """The sandbox's shops with a clock that goes on by a second at each look."""

    def __init__(self) -> None:
        self.at = NOW
        self.told: list[tuple[str, int]] = []
        shelf = Shelf(":memory:")
        world(shelf, 7, NOW)
        staff.hire(shelf, 7)
        dice = Random(7)  # noqa: S311 - invented shops need no secrecy
        self.shop = Shop(shelf, dice, self.tick, lambda *told: self.told.append(told[::2]))

    def tick(self) -> int:
        self.at += 1000
        return self.at

    def ask(self, method: str, seller: int = SELLER, /, **param: Any) -> Any:
        return answer(self.shop, method, seller, param)

    def first(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The first document of the seller that looks so."""
        for one in self.shop.shelf.all(kind):
            if one["sellerId"] == SELLER and all(one[name] == facts[name] for name in facts):
                return one
        raise LookupError(kind)

    def order(self, oid: int) -> dict[str, Any]:
        whole: dict[str, Any] = self.ask("open.order.detail", oid=oid)
        return whole

    def paid(self) -> int:
        """A new order that waits to be shipped."""
        oid = int(self.shop.place(SELLER)["oid"])
        self.shop.pay(oid)
        return oid


@pytest.fixture
def market() -> Market:
    return Market()


def returning(market: Market) -> dict[str, Any]:
    """A refund that was asked for after the parcel left."""
    oid = market.paid()
    market.ask("open.seller.order.goods.deliver", orderId=oid, expressCode=4, expressNo="SF1")
    return market.shop.ask_refund(oid)


def refused(act: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Refused) as no:
        act()
    return no.value.result, no.value.sub_code


def example(market: Market, api: Api) -> dict[str, Any]:
    """The API's example with ids and times for which the sandbox has something to show."""
    refund = returning(market)
    order = market.first("order", oid=refund["oid"])
    item = market.first("item")
    is_service = api.name == "open.service.market.order.detail"
    real = {
        "oid": market.first("service")["oid"] if is_service else order["oid"],
        "orderId": order["oid"],
        "refundId": refund["refundId"],
        "kwaiItemId": item["itemId"],
        "itemId": item["itemId"],
        "skuId": item["skus"][0]["skuId"],
        "buyerOpenId": order["buyer"],
        "orderViewStatus": 1,
        "beginTime": NOW,
        "startTime": 0,
        "endTime": NOW + DAY,
    }
    return {name: real.get(name, value) for name, value in api.examples[0].items()}


def lost(shape: Shape, value: Any, personal: frozenset[str]) -> set[str]:
    """Names in an answer that its shape does not have, and that are no personal field."""
    if isinstance(shape, tuple):
        return {name for one in value for name in lost(shape[0], one, personal)}
    if not isinstance(shape, Mapping):
        return set()
    found = set()
    for name, inner in value.items():
        if name in shape:
            found |= lost(shape[name], inner, personal) if inner is not None else set()
        elif name not in personal:
            found.add(name)
    return found


def test_every_api_of_the_catalogue_is_answered_and_no_other() -> None:
    beside = {"seller.directory.get", "order.standing.get"}  # what only the platform asks
    assert set(METHODS) - beside == {api.name for api in ASKED}


@pytest.mark.parametrize("name", [api.name for api in ASKED if api.result or api.verb == "GET"])
def test_an_answer_holds_what_the_catalogue_says_and_nothing_else(
    market: Market, name: str
) -> None:
    api = catalogue.find(name)
    if "audit" in name:
        oid = market.paid()
        market.shop.ask_move(oid)
        assert market.ask(name, oid=oid) is None
        return
    if name == "open.comment.add":
        comment = market.first("comment")
        about = {"outItemSkuId": comment["skuId"], "outOrderNo": comment["oid"]}
        param = {"outInfo": about, "replyToCommentId": comment["commentId"], "content": "谢谢"}
    elif name == "open.express.ebill.cancel":
        param = {"expressCompanyCode": "SF", "waybillCode": waybill(market)["waybillCode"]}
    else:
        param = example(market, api)
    data = market.ask(name, **param)
    personal = frozenset(field.path[-1] for field in api.personal)
    assert lost(api.result, data, personal) == set() if api.result else data is None


def waybill(market: Market, request: str = "r-1", carrier: str = "SF") -> Any:
    oid = market.first("order", status=30)["oid"]
    one = {"requestId": request, "orderId": oid, "expressCompanyCode": carrier}
    [found] = market.ask("open.express.ebill.get", getEbillOrderRequest=[one])
    return found["data"][0] if found["data"] else found["baseResponse"]


def test_the_same_seed_and_dice_make_the_same_shops() -> None:
    def story(market: Market) -> list[Any]:
        oid = market.paid()
        market.ask("open.seller.order.goods.deliver", orderId=oid, expressCode=4, expressNo="SF1")
        return [market.order(oid), waybill(market), market.ask("open.item.list.get")]

    assert story(Market()) == story(Market())


def test_what_was_shipped_is_shown_shipped_and_told(market: Market) -> None:
    oid = market.paid()
    market.ask("open.seller.order.goods.deliver", orderId=oid, expressCode=4, expressNo="SF9")
    order = market.order(oid)
    assert order["orderBaseInfo"]["status"] == 40
    assert order["orderLogisticsInfo"][0]["expressNo"] == "SF9"
    assert ("kwaishop_order_delivering", oid) in market.told
    again = {"orderId": oid, "expressCode": 4, "expressNo": "SF9"}
    assert refused(lambda: market.ask("open.seller.order.goods.deliver", **again)) == (
        21,
        "order.status-not-allowed",
    )


def test_parcels_hold_no_more_than_was_bought_and_can_be_corrected(market: Market) -> None:
    oid = market.paid()
    bought = market.order(oid)["orderItemInfo"]["num"]

    def split(pieces: int) -> None:
        goods = [{"oid": oid, "deliveryNum": pieces}]
        parcel = {"deliveryGoodsInfoList": goods, "expressCode": 4, "expressNo": "SF1"}
        market.ask("open.order.goods.split.deliver", mainOrderId=oid, deliveryItemInfoList=[parcel])

    assert refused(lambda: split(bought + 1)) == (21, "order.pieces")
    split(bought)
    append = {"oid": oid, "expressCode": 4, "expressNo": "SF2"}
    market.ask("open.seller.order.goods.logistics.append", **append)
    first, second = market.order(oid)["orderLogisticsInfo"]
    change = {"orderId": oid, "expressCode": 5, "expressNo": "YT3"}
    assert refused(lambda: market.ask("open.seller.order.logistics.update", **change))[1] == (
        "order.parcel-not-found"
    )
    change["logisticsId"] = second["logisticsId"]
    market.ask("open.seller.order.logistics.update", **change)
    shown = market.order(oid)["orderLogisticsInfo"]
    assert [one["expressNo"] for one in shown] == [first["expressNo"], "YT3"]


def test_an_order_takes_from_the_stock_and_closing_it_gives_back(market: Market) -> None:
    def stock() -> dict[int, int]:
        return {
            sku["skuId"]: sku["stock"]
            for item in market.shop.shelf.all("item")
            for sku in item["skus"]
        }

    before = stock()
    order = market.shop.place(SELLER)
    assert stock()[order["skuId"]] == before[order["skuId"]] - order["num"]
    market.ask("open.seller.order.close", orderId=order["oid"])
    assert stock() == before
    assert market.order(order["oid"])["orderBaseInfo"]["status"] == 80


def test_a_note_and_its_flag_are_shown_on_the_order(market: Market) -> None:
    oid = market.paid()
    market.ask("open.seller.order.note.add", orderId=oid, note="周五发", flag=2)
    order = market.order(oid)
    assert order["orderNote"]["sellerNote"] == ["周五发"]
    assert order["orderFlag"] == {"flag": [2]}
    window = {"beginTime": NOW - DAY, "endTime": NOW + DAY, "pageSize": 50, "cursor": ""}
    flags = market.ask("open.order.tag.flag", orderViewStatus=1, **window)["orderListFlag"]
    assert {"oid": oid, "status": 30} in [one["orderInfoForFlag"] for one in flags]


def test_another_variant_moves_the_stock_with_it(market: Market) -> None:
    oid = market.paid()
    order = market.first("order", oid=oid)
    item = market.first("item", itemId=order["itemId"])
    old, new = (sku["skuId"] for sku in item["skus"])
    change = {"orderId": oid, "itemId": item["itemId"], "oldSkuId": old, "newSkuId": new}
    market.ask("open.seller.order.sku.update", **change)
    assert market.order(oid)["orderItemInfo"]["skuId"] == new
    assert refused(lambda: market.ask("open.seller.order.sku.update", **change))[1] == (
        "order.sku-mismatch"
    )
    after = market.first("item", itemId=item["itemId"])["skus"]
    assert after[0]["stock"] == item["skus"][0]["stock"] + order["num"]
    assert after[1]["stock"] == item["skus"][1]["stock"] - order["num"]


def test_an_address_changes_by_the_seller_or_by_an_audit(market: Market) -> None:
    oid = market.paid()
    move = {"orderId": oid, "address": "梧桐路 1 号"}
    assert refused(lambda: market.ask("open.order.address.update", **move))[0] == 13
    market.ask("open.order.address.update", **move, isPartialUpdate=True)
    assert market.order(oid)["orderAddress"]["address"] == "梧桐路 1 号"
    asked = market.shop.ask_move(oid)
    market.ask("open.order.address.audit.approve", oid=oid)
    order = market.order(oid)
    assert order["orderAddress"] == asked["after"]
    assert order["addressUpdateAuditInfo"]["auditStatus"] == 20
    assert refused(lambda: market.ask("open.order.address.audit.reject", oid=oid))[1] == (
        "order.no-audit"
    )


def test_a_refused_new_address_changes_nothing(market: Market) -> None:
    oid = market.paid()
    before = market.order(oid)["orderAddress"]
    market.shop.ask_move(oid)
    market.ask("open.order.address.audit.reject", oid=oid)
    assert market.order(oid)["orderAddress"] == before


def test_the_orders_of_a_buyer_are_that_buyers_alone(market: Market) -> None:
    buyer = market.first("order")["buyer"]
    found = market.ask("open.order.buyer.order.list", buyerOpenId=buyer, cursor="", limit=20)
    assert {one["orderBaseInfo"]["buyerOpenId"] for one in found["buyerOrderList"]} == {buyer}
    assert found["cursor"] == "nomore"


def test_money_before_shipping_closes_the_order_and_stops_the_parcel(market: Market) -> None:
    oid = market.paid()
    refund = market.shop.ask_refund(oid)
    ship = {"orderId": oid, "expressCode": 4, "expressNo": "SF1"}
    assert refused(lambda: market.ask("open.seller.order.goods.deliver", **ship))[0] == 21
    agree = {"refundId": refund["refundId"], "refundAmount": refund["refundFee"]}
    too_much = agree | {"refundAmount": refund["refundFee"] + 1}
    assert refused(lambda: market.ask("open.seller.order.refund.approve", **too_much)) == (
        300009,
        "refund.amount",
    )
    market.ask("open.seller.order.refund.approve", **agree)
    assert market.order(oid)["orderBaseInfo"]["status"] == 80
    assert market.order(oid)["orderRefundList"][0]["refundStatus"] == 60
    assert refused(lambda: market.ask("open.seller.order.refund.approve", **agree))[0] == 300010


def test_a_return_goes_its_way_parcel_by_parcel(market: Market) -> None:
    refund = returning(market)
    number = {"refundId": refund["refundId"]}
    amount = {"refundAmount": refund["refundFee"]}
    assert refused(lambda: market.ask("open.seller.order.refund.approve", **number, **amount)) == (
        300018,
        "refund.status-not-allowed",
    )
    market.ask("open.seller.order.refund.returngoods.approve", **number, **amount)
    market.ask("open.refund.submit.returnInfo", **number, expressNo="SF8", expressCode=4)
    detail = market.ask("open.seller.order.refund.detail", **number)
    assert (detail["status"], detail["logisticsInfo"]["expressNo"]) == (40, "SF8")
    market.ask("open.seller.order.refund.confirm.receipt", **number, status=40)
    detail = market.ask("open.seller.order.refund.detail", **number)
    assert (detail["status"], detail["receiptStatus"]) == (60, 1)


def test_an_old_version_of_a_refund_cannot_be_refused_or_paid(market: Market) -> None:
    refund = returning(market)
    market.shop.refund(refund["refundId"])
    old = {"refundId": refund["refundId"], "refundVersion": refund["updateTime"]}
    for name, more in (("reject", {"reasonCode": 101, "rejectDesc": "x"}), ("direct.refund", {})):
        assert refused(lambda: market.ask(f"open.refund.{name}", **old, **more))[0] == 300014  # noqa: B023
    new = market.ask("open.seller.order.refund.detail", refundId=refund["refundId"])
    market.ask("open.refund.direct.refund", **old | {"refundVersion": new["updateTime"]})


def test_a_refusal_of_a_refund_is_shown_with_its_words(market: Market) -> None:
    refund = returning(market)
    no = {"refundId": refund["refundId"], "refundVersion": refund["updateTime"], "reasonCode": 101}
    assert refused(lambda: market.ask("open.refund.reject", **no))[0] == 300007
    market.ask("open.refund.reject", **no, rejectDesc="已发出")
    detail = market.ask("open.seller.order.refund.detail", refundId=refund["refundId"])
    assert (detail["negotiateStatus"], detail["sellerDisagreeDesc"]) == (3, "已发出")


def test_an_exchange_is_sent_for_exchanges_only(market: Market) -> None:
    refund = returning(market)
    market.shop.refund(refund["refundId"])
    market.shop.send_back(refund["refundId"])
    send = {"refundId": refund["refundId"], "expressNo": "SF5", "expressCode": 4}
    assert refused(lambda: market.ask("open.refund.confirm.and.send", **send))[0] == 300008
    kept = market.first("refund", refundId=refund["refundId"])
    market.shop.keep("refund", kept | {"handlingWay": 3})
    market.ask("open.refund.confirm.and.send", **send)
    assert market.ask("open.seller.order.refund.detail", refundId=send["refundId"])["status"] == 45


def test_a_new_item_waits_for_its_review_off_the_shelf(market: Market) -> None:
    param = dict(catalogue.find("open.item.new").examples[0])
    made = market.ask("open.item.new", **param)
    number = {"kwaiItemId": made["kwaiItemId"]}
    item = market.ask("open.item.get", **number)
    assert (item["title"], item["onOfflineStatus"], item["auditStatus"]) == (param["title"], 0, 0)
    assert refused(
        lambda: market.ask("open.item.shelf.status.update", **number, shelfStatus=1)
    ) == (
        21,
        "item.not-passed",
    )
    assert refused(lambda: market.ask("open.item.new", **param))[1] == "item.exists"


def test_price_stock_and_shelf_stay_as_they_were_set(market: Market) -> None:
    item = market.first("item")
    number, sku = item["itemId"], item["skus"][0]["skuId"]
    market.ask("open.item.sku.price.update", itemId=number, skuId=sku, price=777)
    stock = {"kwaiItemId": number, "skuId": sku}
    market.ask("open.item.sku.stock.update", **stock, skuChangeStock=5, changeType=3)
    market.ask("open.item.sku.stock.update", **stock, skuChangeStock=2, changeType=1)
    less = {"skuChangeStock": 8, "changeType": 2}
    assert (
        refused(lambda: market.ask("open.item.sku.stock.update", **stock, **less))[1] == "sku.stock"
    )
    market.ask("open.item.shelf.status.update", kwaiItemId=number, shelfStatus=0)
    shown = market.ask("open.item.sku.list.get", kwaiItemId=number)["skuList"][0]
    assert (shown["skuSalePrice"], shown["skuStock"]) == (777, 7)
    off = market.ask("open.item.list.get", onOfflineStatus=0)["items"]
    assert [one["kwaiItemId"] for one in off] == [number]


def test_an_edit_changes_what_it_names_and_adds_variants(market: Market) -> None:
    item = market.first("item")
    sku = {"relSkuId": 5, "skuSalePrice": 100, "skuProps": [{"propValueName": "小"}]}
    market.ask("open.item.edit", itemId=item["itemId"], title="新名", skuList=[sku])
    shown = market.ask("open.item.get", kwaiItemId=item["itemId"])
    assert (shown["title"], shown["details"]) == ("新名", item["details"])
    assert [one["specification"] for one in shown["skuInfos"]][-1] == "小"
    assert len({one["kwaiSkuId"] for one in shown["skuInfos"]}) == 3


def test_a_deleted_item_is_gone_from_the_list_and_cannot_be_changed(market: Market) -> None:
    number = market.first("item")["itemId"]
    market.ask("open.item.delete", kwaiItemId=number)
    listed = market.ask("open.item.list.get", pageSize=100)["items"]
    assert number not in [one["kwaiItemId"] for one in listed]
    assert refused(lambda: market.ask("open.item.delete", kwaiItemId=number))[1] == "item.deleted"


def test_a_comment_is_answered_on_its_order(market: Market) -> None:
    oid = market.paid()
    market.shop.ship(oid, 4, "SF1")
    market.shop.sign_for(oid)
    market.shop.succeed(oid)
    comment = market.shop.comment(oid)
    about = {"outItemSkuId": comment["skuId"], "outOrderNo": oid}
    reply = {"replyToCommentId": comment["commentId"], "content": "谢谢", "option": {}}
    wrong = about | {"outOrderNo": oid + 1}
    assert refused(lambda: market.ask("open.comment.add", outInfo=wrong, **reply))[1] == (
        "comment.mismatch"
    )
    market.ask("open.comment.add", outInfo=about, **reply)
    filters = {"oid": oid, "replied": True}
    [shown] = market.ask("open.comment.list.get", offset=0, limit=20, filters=filters)[
        "rootComment"
    ]
    assert shown["replies"][0]["content"] == "谢谢"
    assert market.order(oid)["orderBaseInfo"]["commentStatus"] == 1


def test_a_coupon_is_made_once_for_one_key(market: Market) -> None:
    param = dict(catalogue.find("open.promotion.coupon.create").examples[0])
    assert market.ask("open.promotion.coupon.create", **param) == market.ask(
        "open.promotion.coupon.create", **param
    )
    page = {"couponTargetType": 1, "pageNo": 1, "pageSize": 10}
    running = market.ask("open.promotion.coupon.page.list", sellerCouponStatus=2, **page)
    over = market.ask("open.promotion.coupon.page.list", sellerCouponStatus=3, **page)
    assert (
        lost(catalogue.find("open.promotion.coupon.page.list").result, running, frozenset())
        == set()
    )
    assert (running["totalCount"], over["totalCount"]) == (1, 0)


def test_a_waybill_is_printed_once_and_cancelled_once(market: Market) -> None:
    bill = waybill(market)
    assert waybill(market) == bill
    assert waybill(market, "r-2", "NOBODY")["success"] is False
    cancel = {"expressCompanyCode": "SF", "waybillCode": bill["waybillCode"]}
    market.ask("open.express.ebill.cancel", **cancel)
    assert refused(lambda: market.ask("open.express.ebill.cancel", **cancel))[1] == (
        "waybill.not-found"
    )


def test_a_text_message_leaves_no_number_behind(market: Market) -> None:
    sent = market.ask("open.sms.send", signId=1, templateId=2, mobile="19900012345")
    kept = market.shop.shelf.get("message", sent["messageId"])
    assert kept is not None
    assert "19900012345" not in str(kept)


def test_districts_are_sent_once_for_a_version(market: Market) -> None:
    first = market.ask("open.address.district.list", districtVersion="")
    again = market.ask("open.address.district.list", districtVersion=first["districtVersion"])
    assert first["districts"]
    assert again["districts"] == []


def test_a_shop_that_never_bought_holds_no_service(market: Market) -> None:
    info = "open.service.market.buyer.service.info"
    bought = market.first("service")["buyerOpenId"]
    assert market.ask(info, buyerOpenId="nobody") == {"inService": False, "authorized": False}
    assert market.ask(info, buyerOpenId=bought)["packageName"]


@pytest.mark.parametrize(
    ("method", "kind", "param"),
    [
        ("open.order.detail", "order", "oid"),
        ("open.seller.order.refund.detail", "refund", "refundId"),
        ("open.item.get", "item", "kwaiItemId"),
        ("open.service.market.order.detail", "service", "oid"),
    ],
)
def test_what_belongs_to_another_shop_looks_absent(
    market: Market, method: str, kind: str, param: str
) -> None:
    field = "itemId" if kind == "item" else param
    number = market.first(kind)[field]
    there = refused(lambda: market.ask(method, STRANGER, **{param: number}))
    assert there == refused(lambda: market.ask(method, **{param: 1}))


CLERK = SELLER * 10 + 1


def whose(market: Market, account: str) -> dict[str, Any]:
    found: dict[str, Any] = market.ask("seller.directory.get", 0, open_id=account)
    return found


def test_the_directory_tells_of_a_sub_account_what_it_may_give(market: Market) -> None:
    assert "staffInfo" not in whose(market, f"ks_shop_{SELLER}")
    found = whose(market, f"ks_staff_{SELLER}_1")
    assert (found["sellerId"], found["staffInfo"]["staffId"]) == (SELLER, CLERK)
    assert "merchant_order" in found["staffInfo"]["scopes"]
    assert found.keys() == {"sellerId", "shopName", "staffInfo"}


def test_a_sub_account_can_log_in_at_the_parent_platform(market: Market) -> None:
    accounts = Accounts(market.shop.shelf, 7, market.tick)
    assert f"ks_staff_{SELLER}_1" in accounts.known()


def test_by_a_sub_accounts_token_the_shop_says_who_works_there(market: Market) -> None:
    found = answer(market.shop, "open.user.seller.get", SELLER, {}, CLERK)
    assert found["staffInfo"].keys() == {"staffId", "name"}
    own = answer(market.shop, "open.user.info.get", SELLER, {}, CLERK)
    assert own["name"] == found["staffInfo"]["name"] != found["name"]
    assert "staffInfo" not in market.ask("open.user.seller.get")


def test_a_removed_sub_account_is_told_of_and_gets_nothing_any_more(market: Market) -> None:
    staff.remove(market.shop, CLERK)
    assert market.told == [(staff.REMOVED, CLERK)]
    for ask in (
        lambda: whose(market, f"ks_staff_{SELLER}_1"),
        lambda: answer(market.shop, "open.shop.info.get", SELLER, {}, CLERK),
        lambda: answer(market.shop, "open.shop.info.get", STRANGER, {}, CLERK + 1),
    ):
        with pytest.raises(Refused):
            ask()
    with pytest.raises(NotNow):
        staff.remove(market.shop, CLERK)
    staff.hire_again(market.shop, CLERK)
    assert whose(market, f"ks_staff_{SELLER}_1")["staffInfo"]["staffId"] == CLERK
    with pytest.raises(NotNow):
        staff.hire_again(market.shop, CLERK)


def test_a_shelf_that_has_its_sub_accounts_keeps_them(market: Market) -> None:
    staff.remove(market.shop, CLERK)
    staff.hire(market.shop.shelf, 8)
    with pytest.raises(Refused):
        whose(market, f"ks_staff_{SELLER}_1")


LISTS = {
    "open.order.cursor.list": (7, {"orderViewStatus": 1, "cursor": ""}),
    "open.order.tag.flag": (7, {"orderViewStatus": 1, "cursor": ""}),
    "open.seller.order.refund.pcursor.list": (1, {"type": 9, "currentPage": 1, "pcursor": ""}),
}


def listed(market: Market, method: str, begin: int, end: int, **more: Any) -> Any:
    window = {"beginTime": begin, "endTime": end, "pageSize": 20}
    return market.ask(method, **{**LISTS[method][1], **window, **more})


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize(
    ("begin", "end", "why", "number"),
    [
        (0, -1, "reversed", 300003),
        (-7 * DAY - 1, 0, "long", 300004),
        (-90 * DAY - 1, -90 * DAY, "old", 300005),
        (-NOW + NOW // 1000, 0, "no-milliseconds", 13),
        (0, -NOW + NOW // 1000, "no-milliseconds", 13),
        (NOW * 999, NOW * 999, "no-milliseconds", 13),
    ],
)
def test_a_window_that_is_none_says_why(
    market: Market, method: str, begin: int, end: int, why: str, number: int
) -> None:
    with pytest.raises(Refused) as caught:
        listed(market, method, NOW + begin, NOW + end)
    kind = "refund" if "refund" in method else "order"
    assert "Time" in caught.value.sub_msg
    assert caught.value.sub_code == f"{kind}.window-{why}"
    assert caught.value.result == (number if kind == "refund" else 13)


@pytest.mark.parametrize("method", LISTS)
def test_a_window_may_be_as_long_and_as_old_as_the_protocol_says(
    market: Market, method: str
) -> None:
    days = LISTS[method][0]
    assert listed(market, method, NOW - days * DAY, NOW)
    assert listed(market, method, NOW - 89 * DAY, NOW - (90 - days) * DAY)


@pytest.mark.parametrize("method", LISTS)
@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "1" * 13, "٣"])
def test_a_cursor_that_no_page_gave_is_named(market: Market, method: str, cursor: str) -> None:
    name = next(name for name in LISTS[method][1] if name.endswith("cursor"))
    with pytest.raises(Refused) as caught:
        listed(market, method, NOW - DAY, NOW, **{name: cursor})
    assert (caught.value.sub_code, caught.value.result) == ("cursor.unknown", 13)
    assert caught.value.sub_msg.startswith(f"{name} ")
    again = listed(market, method, NOW - DAY, NOW, **{name: "nomore"})
    assert again[name] == "nomore"


@pytest.mark.parametrize(
    ("length", "number"), [(DAY + 1, 300019), (7 * DAY, 300019), (7 * DAY + 1, 300004)]
)
def test_refunds_of_more_than_a_day_and_of_more_than_a_week_have_a_number_each(
    market: Market, length: int, number: int
) -> None:
    with pytest.raises(Refused) as caught:
        listed(market, "open.seller.order.refund.pcursor.list", NOW - length, NOW)
    assert caught.value.result == number


@pytest.mark.parametrize(
    ("window", "why", "named"),
    [
        ({"startTime": NOW // 1000}, "no-milliseconds", "startTime"),
        ({"endTime": NOW // 1000}, "no-milliseconds", "endTime"),
        ({"startTime": NOW, "endTime": NOW - 1}, "reversed", "startTime"),
    ],
)
def test_a_buyers_orders_of_a_window_that_is_none_say_why(
    market: Market, window: dict[str, int], why: str, named: str
) -> None:
    buyer = market.first("order")["buyer"]
    asked = {"buyerOpenId": buyer, "cursor": "", "limit": 20}
    assert market.ask("open.order.buyer.order.list", **asked)["buyerOrderList"]
    with pytest.raises(Refused) as caught:
        market.ask("open.order.buyer.order.list", **asked, **window)
    assert (caught.value.sub_code, caught.value.result) == (f"order.window-{why}", 13)
    assert named in caught.value.sub_msg


AFTER = {
    # Something must be done first: a comment, a waybill, a wish, a version that was just read.
    *("open.comment.add", "open.express.ebill.cancel"),
    *("open.order.address.audit.approve", "open.order.address.audit.reject"),
    *("open.refund.confirm.and.send", "open.refund.direct.refund", "open.refund.reject"),
    *("open.refund.submit.returnInfo", "open.seller.order.refund.confirm.receipt"),
    "open.seller.order.refund.returngoods.approve",
}


@pytest.mark.parametrize("api", ASKED, ids=lambda api: api.name)
def test_an_example_of_the_catalogue_can_be_tried_as_it_stands(api: Api) -> None:
    """In the shop that the sandbox opens with, on the day that the examples are of."""
    shelf = Shelf(":memory:")
    world(shelf, SEED, NOW)
    shop = Shop(shelf, Random(1), lambda: NOW, lambda *_: None)  # noqa: S311 - as above
    if api.name in AFTER:
        with pytest.raises(Refused):
            answer(shop, api.name, SELLER, dict(api.examples[0]))
    else:
        answer(shop, api.name, SELLER, dict(api.examples[0]))
