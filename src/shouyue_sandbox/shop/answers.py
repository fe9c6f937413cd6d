"""The operator's side of each API: takes a seller and `param`, gives `data` or refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from shouyue_sandbox.shop import fields
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Document

Param = Mapping[str, Any]
Answer = Callable[[Shop, int, Param], Any]
_DAY_MS = 86_400_000
_LEVEL, _QUOTA = 3, 100
_SETTLED = {60, 70}
_VIEWS = {2: {10}, 3: {30}, 4: {40}, 5: {50}, 6: {70}, 7: {80}}


class Refused(Exception):  # noqa: N818 - an expected no
    """A business no, with the anchor's codes."""

    def __init__(self, sub_code: str, sub_msg: str, result: int = 21) -> None:
        """Say why."""
        super().__init__(sub_code)
        self.result, self.sub_code, self.sub_msg = result, sub_code, sub_msg


def answer(shop: Shop, method: str, seller_id: int, param: Param) -> Any:
    """Return the `data` of an API, or raise Refused."""
    if method not in _ANSWERS:
        raise Refused("api.unknown", "上游没有这个接口", 1026)
    try:
        return _ANSWERS[method](shop, seller_id, param)
    except NotNow:
        raise Refused("order.status-not-allowed", "当前状态不允许此操作") from None
    except (KeyError, TypeError, ValueError):
        raise Refused("param.invalid", "参数缺失或格式不对", 13) from None


def _seller(shop: Shop, seller_id: int) -> Document:
    found = shop.shelf.get("seller", seller_id)
    if found is None:
        raise Refused("seller.unknown", "没有这家店铺", 26)
    return found


def _own(shop: Shop, kind: str, number: Any, seller_id: int) -> Document:
    found = shop.shelf.get(kind, int(number))
    # A stranger's object looks like no object: the same answer tells nothing.
    if found is None or found["sellerId"] != seller_id:
        raise Refused(f"{kind}.not-found", "没有找到，或不属于这家店铺")
    return found


def _whole_order(shop: Shop, document: Document) -> Document:
    refunds = [r for r in shop.shelf.all("refund") if r["oid"] == document["oid"]]
    item = shop.shelf.get("item", int(document["itemId"])) or {}
    seller = _seller(shop, int(document["sellerId"]))
    return fields.order(document | {"refunds": refunds}, item, seller)


def _order_detail(shop: Shop, seller_id: int, param: Param) -> Document:
    return _whole_order(shop, _own(shop, "order", param["oid"], seller_id))


def _order_list(shop: Shop, seller_id: int, param: Param) -> Document:
    begin, end = int(param["beginTime"]), int(param["endTime"])
    size = int(param["pageSize"])
    if not 0 < size <= 50 or not 0 <= end - begin <= 7 * _DAY_MS:  # noqa: PLR2004 - the anchor's limits
        raise Refused("order.window", "时间窗口最多 7 天，每页最多 50 条", 13)
    stamp = "updateTime" if int(param.get("queryType") or 1) == 2 else "createTime"  # noqa: PLR2004 - by update
    wanted = _VIEWS.get(int(param["orderViewStatus"]))
    found = [
        document
        for document in shop.shelf.all("order")
        if document["sellerId"] == seller_id
        and begin <= document[stamp] <= end
        and (wanted is None or document["status"] in wanted)
    ]
    found.sort(key=lambda d: (d[stamp], d["oid"]), reverse=int(param.get("sort") or 1) == 1)
    start = int(param.get("cursor") or 0)
    page = found[start : start + size]
    more = start + size < len(found)
    return {
        "cursor": str(start + size) if more else "nomore",
        "pageSize": size,
        "beginTime": begin,
        "endTime": end,
        "orderList": [_whole_order(shop, document) for document in page],
    }


def _item_get(shop: Shop, seller_id: int, param: Param) -> Document:
    return fields.item(_own(shop, "item", param["kwaiItemId"], seller_id))


def _item_list(shop: Shop, seller_id: int, param: Param) -> Document:
    size, number = int(param.get("pageSize") or 20), int(param.get("pageNumber") or 1)
    mine = [i for i in shop.shelf.all("item") if i["sellerId"] == seller_id]
    page = mine[(number - 1) * size : number * size]
    return {
        "totalItemCount": len(mine),
        "currentPageItemCount": len(page),
        "currentPageNumber": number,
        "totalPage": -(-len(mine) // size),
        "items": [fields.item_in_list(document) for document in page],
    }


def _image_upload(shop: Shop, seller_id: int, param: Param) -> Document:
    _seller(shop, seller_id)
    image, given = param.get("imgBytes"), str(param.get("imgUrl") or "")
    if not image and not given:
        raise Refused("image.missing", "请上传图片文件或给出图片地址", 12)
    number = shop.shelf.next_number("image", 1)
    shop.shelf.put("image", number, {"sellerId": seller_id, "bytes": len(image or b"")})
    kept = f"https://img.example/upload/{seller_id}/{number}.jpg"
    return {"originImgUrl": given or kept, "kwaiImgUrl": kept}


def _ship(shop: Shop, seller_id: int, param: Param) -> None:
    order = _own(shop, "order", param["orderId"], seller_id)
    shop.ship(int(order["oid"]), int(param["expressCode"]), str(param["expressNo"]))


def _refund_list(shop: Shop, seller_id: int, param: Param) -> Document:
    begin, end = int(param["beginTime"]), int(param["endTime"])
    size = min(int(param["pageSize"]), 100)
    if not 0 <= end - begin <= _DAY_MS:
        raise Refused("refund.range", "时间范围最多一天", 300019)
    found = [
        document
        for document in shop.shelf.all("refund")
        if document["sellerId"] == seller_id and begin <= document["createTime"] <= end
    ]
    start = int(param.get("pcursor") or 0)
    page = found[start : start + size]
    more = start + size < len(found)
    return {
        "currentPage": int(param["currentPage"]),
        "pageSize": size,
        "totalPage": -(-len(found) // size),
        "totalSize": len(found),
        "pcursor": str(start + size) if more else "nomore",
        "refundOrderInfoList": [_refund_row(shop, document) for document in page],
    }


def _refund_row(shop: Shop, document: Document) -> Document:
    return fields.refund(document, shop.shelf.get("item", int(document["itemId"])) or {})


def _refund_detail(shop: Shop, seller_id: int, param: Param) -> Document:
    return _refund_row(shop, _own(shop, "refund", param["refundId"], seller_id))


def _user(shop: Shop, seller_id: int, _param: Param) -> Document:
    seller = _seller(shop, seller_id)
    picture = f"https://img.example/head/{seller_id}.jpg"
    return {"name": seller["nickname"], "sex": seller["sex"], "head": picture, "bigHead": picture}


def _seller_user(shop: Shop, seller_id: int, param: Param) -> Document:
    return {**_user(shop, seller_id, param), "sellerId": seller_id}


def _text(shop: Shop, seller_id: int, param: Param) -> Document:
    """Send a text message: the sandbox's number range, as it comes from the platform."""
    _seller(shop, seller_id)
    if not str(param["mobile"]).isdecimal():
        raise Refused("sms.mobile", "手机号格式不对", 13)
    number = shop.shelf.next_number("text", 1)
    shop.shelf.put("text", number, {"sellerId": seller_id, "mobile": str(param["mobile"])})
    return {"messageId": f"sms-{number}"}


def _waybills(shop: Shop, seller_id: int, param: Param) -> list[Document]:
    """Give a number to each parcel; what is to be printed is for the printer alone."""
    _seller(shop, seller_id)
    return [_waybill(shop, seller_id, asked) for asked in param["getEbillOrderRequest"]]


def _waybill(shop: Shop, seller_id: int, asked: Param) -> Document:
    to, at = asked["receiverContract"], asked["receiverAddress"]
    number = shop.shelf.next_number("waybill", 1)
    receiver = {"name": to["name"], "mobile": to["mobile"], "address": at["detailAddress"]}
    shop.shelf.put("waybill", number, {"sellerId": seller_id, **receiver})
    printed = {"waybillCode": f"SF{number:012d}", "printData": f"sealed-{number}", "version": "1"}
    return {
        "requestId": str(asked["requestId"]),
        "baseResponse": {"result": 1, "success": True, "message": "SUCCESS"},
        "data": [printed | {"signature": "", "key": ""}],
    }


def _standing(shop: Shop, seller_id: int, param: Param) -> Document:
    """Tell of orders what decides whether a buyer's field may be opened; no name, no address."""
    _seller(shop, seller_id)
    mine = [one for one in shop.shelf.all("order") if one["sellerId"] == seller_id]
    running = {one["oid"] for one in shop.shelf.all("refund") if one["status"] not in _SETTLED}
    wanted = {int(number) for number in param["orders"]}
    month = shop.now_ms() - 30 * _DAY_MS
    return {
        "level": _LEVEL,
        "quota": _QUOTA,
        "shipped": sum(one["sendTime"] > month for one in mine),
        "orders": [
            {
                "oid": one["oid"],
                "buyerOpenId": one["buyer"],
                "status": one["status"],
                "endTime": one["updateTime"] if one["status"] in {70, 80} else 0,
                "refunding": one["oid"] in running,
                "privacyInfoAuthStatus": 0,
            }
            for one in mine
            if one["oid"] in wanted
        ],
    }


def _directory(shop: Shop, _seller_id: int, param: Param) -> Document:
    for seller in shop.shelf.all("seller"):
        if seller["account"] == param["open_id"]:
            return {field: seller[field] for field in ("sellerId", "shopName", "shopType")}
    raise Refused("seller.unknown", "这个账号没有店铺", 26)


_ANSWERS: dict[str, Answer] = {
    "open.order.cursor.list": _order_list,
    "open.order.detail": _order_detail,
    "open.item.get": _item_get,
    "open.item.list.get": _item_list,
    "open.item.image.upload": _image_upload,
    "open.seller.order.goods.deliver": _ship,
    "open.seller.order.refund.pcursor.list": _refund_list,
    "open.seller.order.refund.detail": _refund_detail,
    "open.shop.info.get": lambda shop, seller, _: fields.shop(_seller(shop, seller)),
    "open.sms.send": _text,
    "open.express.ebill.get": _waybills,
    "open.user.info.get": _user,
    "open.user.seller.get": _seller_user,
    # No APIs of the gateway: the platform asks what an order's state is, and whose shop it is.
    "order.standing.get": _standing,
    "seller.directory.get": _directory,
}
