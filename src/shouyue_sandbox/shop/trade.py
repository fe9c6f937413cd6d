"""What surrounds a sale: comments, coupons, and services that shops buy from developers."""

from shouyue_sandbox.shop.asking import Param, Refused, mine, own, seller
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document

_FIRST_REPLY = 6_100_001
_FIRST_COUPON = 7_700_001
_BY_UPDATE = 2
_COUPON = (
    "reduceAmount",
    "threshold",
    "totalStock",
    "receivePerLimit",
    "receiveStartTime",
    "receiveEndTime",
    "validityType",
    "couponTargetType",
)


def comments(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.comment.list.get: newest first."""
    offset, limit = int(param["offset"]), min(int(param["limit"]), 20)
    filters = param.get("filters") or {}
    found = [one for one in mine(shop, "comment", seller_id) if _fits(one, filters)]
    found.sort(key=lambda one: one["commentId"], reverse=True)
    page = found[offset : offset + limit]
    names = ("commentId", "oid", "itemId", "skuId", "content", "score", "createTime", "replies")
    rows = [
        {name: one[name] for name in names}
        | {"buyerOpenId": one["buyer"], "buyerNick": one["buyerNick"]}
        for one in page
    ]
    return {"total": len(found), "hits": len(page), "rootComment": rows}


def answer_comment(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.comment.add."""
    comment = own(shop, "comment", param["replyToCommentId"], seller_id)
    about = param["outInfo"]
    if (int(about["outOrderNo"]), int(about["outItemSkuId"])) != (comment["oid"], comment["skuId"]):
        raise Refused("comment.mismatch", "评价与订单或规格不一致")
    with shop.shelf.change():
        number = shop.shelf.next_number("reply", _FIRST_REPLY)
        shop.shelf.put("reply", number, {"sellerId": seller_id})
        reply = {
            "commentId": number,
            "content": str(param["content"]),
            "createTime": shop.now(),
        }
        shop.keep("comment", comment | {"replies": [*comment["replies"], reply]})
    return {"commentId": number}


def make_coupon(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.promotion.coupon.create: the caller's key makes one coupon, however often it comes."""
    seller(shop, seller_id)
    key = str(param["outerUniqueKey"])
    for one in mine(shop, "coupon", seller_id):
        if one["outerUniqueKey"] == key:
            return {"couponId": one["couponId"]}
    facts = {name: int(param[name]) for name in _COUPON}
    if facts["receiveEndTime"] <= facts["receiveStartTime"]:
        raise Refused("coupon.time", "领取结束时间要晚于开始时间")
    if facts["threshold"] and facts["reduceAmount"] >= facts["threshold"]:
        raise Refused("coupon.amount", "减免金额要小于门槛")
    with shop.shelf.change():
        number = shop.shelf.next_number("coupon", _FIRST_COUPON)
        coupon = {"couponId": number, "sellerId": seller_id, "name": str(param["name"]), **facts}
        shop.keep("coupon", coupon | {"outerUniqueKey": key, "receivedCount": 0, "usedCount": 0})
    return {"couponId": number}


def coupons(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.promotion.coupon.page.list."""
    size, number, wanted = (
        int(param[name]) for name in ("pageSize", "pageNo", "sellerCouponStatus")
    )
    rows = [
        one | {"sellerCouponStatus": _coupon_state(one, shop.now())}
        for one in mine(shop, "coupon", seller_id)
        if one["couponTargetType"] == int(param["couponTargetType"])
    ]
    found = [one for one in rows if wanted in {0, one["sellerCouponStatus"]}]
    page = found[(number - 1) * size : number * size]
    return {"totalCount": len(found), "marketingOpenCoupon": [_shown(one) for one in page]}


def services(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.service.market.order.list."""
    stamp = "payTime" if int(param["queryType"]) == _BY_UPDATE else "submitTime"
    begin, end = int(param["startTime"]), int(param["endTime"])
    size, number = int(param["pageSize"]), int(param["pageNum"])
    found = [
        one
        for one in mine(shop, "service", seller_id)
        if begin <= one[stamp] <= end
        and (param.get("status") is None or one["status"] == int(param["status"]))
        and (not param.get("buyerOpenId") or one["buyerOpenId"] == param["buyerOpenId"])
    ]
    return {"orderList": [_shown(one) for one in found[(number - 1) * size : number * size]]}


def service(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.service.market.order.detail."""
    return _shown(own(shop, "service", param["oid"], seller_id))


def held_service(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.service.market.buyer.service.info."""
    bought = [
        one
        for one in mine(shop, "service", seller_id)
        if one["buyerOpenId"] == param["buyerOpenId"]
    ]
    if not bought:
        return {"inService": False, "authorized": False}
    last = max(bought, key=lambda one: int(one["payTime"]))
    end = int(last["payTime"]) + int(last["skuInfo"]["days"]) * 86_400_000
    return {
        "inService": shop.now() < end,
        "authorized": shop.now() < end,
        "startTime": last["payTime"],
        "endTime": end,
        "packageName": last["skuInfo"]["name"],
    }


def _shown(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "sellerId"}


def _fits(comment: Document, filters: Param) -> bool:
    for name in ("itemId", "oid"):
        if filters.get(name) is not None and comment[name] != int(filters[name]):
            return False
    replied = filters.get("replied")
    return replied is None or bool(comment["replies"]) is bool(replied)


def _coupon_state(coupon: Document, now_ms: int) -> int:
    if now_ms < coupon["receiveStartTime"]:
        return 1
    return 2 if now_ms < coupon["receiveEndTime"] else 3
