"""Orders as the order APIs show and change them."""

from typing import Any

from shouyue_sandbox.shop import fields
from shouyue_sandbox.shop.asking import (
    BAD_PARAM,
    DAY_MS,
    LEAST_MS,
    MOST_MS,
    Param,
    Refused,
    Window,
    cursor_page,
    mine,
    own,
    seller,
)
from shouyue_sandbox.shop.generate import LEVEL, QUOTA
from shouyue_sandbox.shop.life import AGREED, PAID, REFUSED, SHIPPED, UNPAID, Shop
from shouyue_sandbox.shop.shelf import Document

_VIEWS = {2: {10}, 3: {30}, 4: {40}, 5: {50}, 6: {70}, 7: {80}}
_SETTLED = {60, 70}
_BY_UPDATE = 2
_MOST = 50
_WINDOW = Window("order", days=7)
_EVER = Window("order", names=("startTime", "endTime"))
_PLACE = {
    "province": "province",
    "provinceCode": "province_code",
    "city": "city",
    "cityCode": "city_code",
    "district": "district",
    "districtCode": "district_code",
    "town": "town",
    "townCode": "town_code",
    "address": "street",
}


def whole(shop: Shop, document: Document) -> Document:
    """Return an order with its refunds, as every order API shows it."""
    refunds = [r for r in shop.shelf.all("refund") if r["oid"] == document["oid"]]
    item = shop.shelf.get("item", int(document["itemId"])) or {}
    owner = seller(shop, int(document["sellerId"]))
    return fields.order(document | {"refunds": refunds}, item, owner)


def detail(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.order.detail."""
    return whole(shop, own(shop, "order", param["oid"], seller_id))


def listed(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.order.cursor.list."""
    page, cursor = _page(shop, seller_id, param)
    return {
        "cursor": cursor,
        "pageSize": int(param["pageSize"]),
        "beginTime": int(param["beginTime"]),
        "endTime": int(param["endTime"]),
        "orderList": [whole(shop, document) for document in page],
    }


def flags(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.order.tag.flag."""
    page, cursor = _page(shop, seller_id, param)
    rows = [
        {
            "orderInfoForFlag": {"oid": one["oid"], "status": one["status"]},
            "orderFlag": fields.flag(one),
        }
        for one in page
    ]
    return {"cursor": cursor, "orderListFlag": rows}


def of_buyer(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.order.buyer.order.list."""
    states = {int(one) for one in param.get("orderStatus") or ()}
    ends = {"startTime": LEAST_MS, "endTime": MOST_MS}
    ends |= {name: param[name] for name in ends if param.get(name)}
    begin, end = _EVER.read(ends, shop.now())
    found = [
        one
        for one in mine(shop, "order", seller_id)
        if one["buyer"] == param["buyerOpenId"]
        and (not states or one["status"] in states)
        and begin <= one["createTime"] <= end
    ]
    page, cursor = cursor_page(found, param, "cursor", min(int(param["limit"]), _MOST))
    return {"cursor": cursor, "buyerOrderList": [whole(shop, one) for one in page]}


def ship(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.goods.deliver."""
    order = _leaving(own(shop, "order", param["orderId"], seller_id))
    shop.ship(int(order["oid"]), int(param["expressCode"]), str(param["expressNo"]))


def split(shop: Shop, seller_id: int, param: Param) -> None:
    """open.order.goods.split.deliver: several parcels, together no more than was bought."""
    order = _leaving(own(shop, "order", param["mainOrderId"], seller_id))
    parcels = []
    for parcel in param["deliveryItemInfoList"]:
        goods = parcel["deliveryGoodsInfoList"]
        if any(int(one["oid"]) != order["oid"] for one in goods):
            raise Refused("order.not-found", "包裹中有不属于该订单的商品")
        pieces = sum(int(one["deliveryNum"]) for one in goods)
        parcels.append((int(parcel["expressCode"]), str(parcel["expressNo"]), pieces))
    if sum(pieces for _, _, pieces in parcels) > order["num"]:
        raise Refused("order.pieces", "发货件数超过购买件数")
    shop.ship_parcels(int(order["oid"]), parcels)


def append(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.goods.logistics.append."""
    order = own(shop, "order", param["oid"], seller_id)
    shop.add_parcel(int(order["oid"]), int(param["expressCode"]), str(param["expressNo"]))


def renumber(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.logistics.update."""
    order = own(shop, "order", param["orderId"], seller_id)
    _in(order, SHIPPED)
    wanted = param.get("logisticsId")
    found = [one for one in order["parcels"] if wanted is None or one["logisticsId"] == int(wanted)]
    if len(found) != 1:
        raise Refused("order.parcel-not-found", "没有这个包裹，或需要写明是哪一个")
    found[0] |= {"expressCode": int(param["expressCode"]), "expressNo": str(param["expressNo"])}
    shop.keep("order", order)


def note(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.note.add."""
    order = own(shop, "order", param["orderId"], seller_id)
    flag = int(param.get("flag") or 0)
    line = {"createTime": shop.now(), "note": str(param.get("note") or ""), "flagTagCode": flag}
    shop.add_note(int(order["oid"]), line, flag)


def close(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.close."""
    shop.close(int(own(shop, "order", param["orderId"], seller_id)["oid"]))


def change_sku(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.sku.update: before it is shipped, to a variant of the same price."""
    order = own(shop, "order", param["orderId"], seller_id)
    _in(order, UNPAID, PAID)
    item = own(shop, "item", param["itemId"], seller_id)
    skus = {sku["skuId"]: sku for sku in item["skus"]}
    old, new = skus.get(int(param["oldSkuId"])), skus.get(int(param["newSkuId"]))
    if item["itemId"] != order["itemId"] or old is None or old["skuId"] != order["skuId"]:
        raise Refused("order.sku-mismatch", "原规格与订单不一致")
    if new is None or new["price"] > order["price"] or new["stock"] < order["num"]:
        raise Refused("order.sku-refused", "新规格不存在、价格更高或库存不足")
    old["stock"] += order["num"]
    new["stock"] -= order["num"]
    with shop.shelf.change():
        shop.keep("item", item)
        shop.keep("order", order | {"skuId": new["skuId"]})


def fees(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.seller.order.fee.detail."""
    order = own(shop, "order", param["orderId"], seller_id)
    goods = {field: order[field] for field in ("itemId", "skuId", "num", "price")}
    return {
        "oid": order["oid"],
        "sellerId": seller_id,
        "totalFee": order["totalFee"],
        "discountFee": fields.discount(order),
        "expressFee": 0,
        "platformAllowance": 0,
        "sellerRecv": order["totalFee"],
        "buyerPay": order["totalFee"],
        "marketingInfoOuters": [],
        "productFeeInfoOuters": [goods],
        "platformBearAmount": 0,
        "merchantBearAmount": 0,
    }


def move(shop: Shop, seller_id: int, param: Param) -> None:
    """open.order.address.update: before it is shipped."""
    order = own(shop, "order", param["orderId"], seller_id)
    _in(order, UNPAID, PAID)
    whole_address = not param.get("isPartialUpdate")
    if whole_address and not all(param.get(one) for one in ("consignee", "mobile", "address")):
        raise Refused("order.address-incomplete", "整体修改需要姓名、电话和地址", BAD_PARAM)
    shop.move(int(order["oid"]), _moved(order, param))


def agree_move(shop: Shop, seller_id: int, param: Param) -> None:
    """open.order.address.audit.approve: what the buyer asked for becomes the address."""
    order = _audited(shop, seller_id, param)
    shop.settle_move(int(order["oid"]), AGREED, _moved(order, order["audit"]["after"]))


def refuse_move(shop: Shop, seller_id: int, param: Param) -> None:
    """open.order.address.audit.reject."""
    order = _audited(shop, seller_id, param)
    shop.settle_move(int(order["oid"]), REFUSED, {})


def _audited(shop: Shop, seller_id: int, param: Param) -> Document:
    order = own(shop, "order", param["oid"], seller_id)
    if not order["audit"] or order["audit"]["status"] in {AGREED, REFUSED}:
        raise Refused("order.no-audit", "没有待审核的改地址申请")
    return order


def _moved(order: Document, given: Param) -> Document:
    place = order["place"] | {
        inner: given[outer] for outer, inner in _PLACE.items() if given.get(outer)
    }
    people = {name: given[name] for name in ("consignee", "mobile") if given.get(name)}
    return {"place": place, **people}


def _leaving(order: Document) -> Document:
    """Return an order that may be shipped, or refuse with the reasons that hold it."""
    if held := order.get("held"):
        said = f"订单暂不可发货，disableDeliveryReasonCode 为 {held}"
        raise Refused("order.on-hold", said)
    return order


def _in(order: Document, *states: int) -> None:
    if order["status"] not in states:
        raise Refused("order.status-not-allowed", "当前状态不允许此操作")


def _page(shop: Shop, seller_id: int, param: Param) -> tuple[list[Document], str]:
    begin, end = _WINDOW.read(param, shop.now())
    size = int(param["pageSize"])
    if not 0 < size <= _MOST:
        raise Refused("order.page-size", f"pageSize 为 1 到 {_MOST}", BAD_PARAM)
    stamp = "updateTime" if int(param.get("queryType") or 1) == _BY_UPDATE else "createTime"
    wanted = _VIEWS.get(int(param["orderViewStatus"]))
    found = [
        document
        for document in mine(shop, "order", seller_id)
        if begin <= document[stamp] <= end and (wanted is None or document["status"] in wanted)
    ]
    newest_first = int(param.get("sort") or 1) == 1
    found.sort(key=lambda one: _place_in_time(one, stamp), reverse=newest_first)
    return cursor_page(found, param, "cursor", size)


def _place_in_time(document: Document, stamp: str) -> tuple[Any, Any]:
    return document[stamp], document["oid"]


def standing(shop: Shop, seller_id: int, param: Param) -> Document:
    """Tell of orders what decides whether a buyer's field may be opened; no name, no address."""
    owner = seller(shop, seller_id)
    mine = [one for one in shop.shelf.all("order") if one["sellerId"] == seller_id]
    running = {one["oid"] for one in shop.shelf.all("refund") if one["status"] not in _SETTLED}
    wanted = {int(number) for number in param["orders"]}
    month = shop.now() - 30 * DAY_MS
    return {
        "level": owner.get("level", LEVEL),
        "quota": owner.get("quota", QUOTA),
        "shipped": sum(one["sendTime"] > month for one in mine),
        "orders": [
            {
                "oid": one["oid"],
                "buyerOpenId": one["buyer"],
                "status": one["status"],
                "endTime": one["updateTime"] if one["status"] in {70, 80} else 0,
                "refunding": one["oid"] in running,
                "privacyInfoAuthStatus": fields.word(one),
            }
            for one in mine
            if one["oid"] in wanted
        ],
    }
