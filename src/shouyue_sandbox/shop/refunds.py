"""Refunds as the after-sales APIs show and change them, with the anchor's own numbers."""

from shouyue_sandbox.shop import fields
from shouyue_sandbox.shop.asking import Param, Refused, Window, cursor_page, mine, own
from shouyue_sandbox.shop.life import (
    ARRIVING,
    ASKED_MONEY,
    ASKED_RETURN,
    DONE,
    EXCHANGE,
    EXCHANGING,
    RETURNING,
    Shop,
)
from shouyue_sandbox.shop.shelf import Document

_MOST = 100
_WINDOW = Window("refund", days=1, reversed_=300003, long=300019, week=300004, old=300005)
_REASONS = (
    (101, "商品已发出", "请提供物流单号", True, False),
    (102, "商品无质量问题", "请提供检测或沟通凭证", True, True),
    (103, "与买家协商一致，不再退款", "请写明协商结果", True, False),
)
_REFUSED = 3  # negotiateStatus
_AGREED = 2


def listed(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.seller.order.refund.pcursor.list."""
    begin, end = _WINDOW.read(param, shop.now())
    size = min(int(param["pageSize"]), _MOST)
    stamp = "updateTime" if int(param.get("queryType") or 1) == 2 else "createTime"  # noqa: PLR2004 - by update
    found = [
        one
        for one in mine(shop, "refund", seller_id)
        if begin <= one[stamp] <= end
        and all(
            param.get(name) is None or one[name] == int(param[name])
            for name in ("status", "negotiateStatus")
        )
    ]
    page, pcursor = cursor_page(found, param, "pcursor", size)
    return {
        "currentPage": int(param["currentPage"]),
        "pageSize": size,
        "totalPage": -(-len(found) // size),
        "totalSize": len(found),
        "pcursor": pcursor,
        "refundOrderInfoList": [_row(shop, document) for document in page],
    }


def detail(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.seller.order.refund.detail."""
    refund = _own(shop, seller_id, param)
    order = own(shop, "order", refund["oid"], seller_id)
    parcel = refund["parcel"]
    return _row(shop, refund) | {
        "productNum": order["num"],
        "pictures": [],
        "logisticsInfo": parcel or {},
        "buyerOpenId": order["buyer"],
        "specialRefundType": 0,
        "sellerDisagreeReason": str(refund["disagree"].get("code", "")),
        "sellerDisagreeDesc": refund["disagree"].get("desc", ""),
        "sellerDisagreeImages": refund["disagree"].get("images", []),
    }


def approve(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.refund.approve: money back without a parcel."""
    refund = _own(shop, seller_id, param)
    _expected(refund, param)
    _amount(refund, param)
    _in(refund, ASKED_MONEY)
    shop.pay_back(refund)


def approve_return(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.refund.returngoods.approve: the buyer may send it back."""
    refund = _own(shop, seller_id, param)
    _amount(refund, param)
    _in(refund, ASKED_RETURN)
    if param.get("addressId") is not None:
        own(shop, "address", param["addressId"], seller_id)
    shop.change_refund(refund, status=RETURNING, negotiateStatus=_AGREED)


def confirm_receipt(shop: Shop, seller_id: int, param: Param) -> None:
    """open.seller.order.refund.confirm.receipt: the parcel is here, the money goes back."""
    refund = _own(shop, seller_id, param)
    _expected(refund, param)
    _in(refund, ARRIVING)
    shop.pay_back(refund, receiptStatus=1)


def direct(shop: Shop, seller_id: int, param: Param) -> None:
    """open.refund.direct.refund: money back before the parcel is."""
    refund = _own(shop, seller_id, param)
    _newest(refund, param)
    _in(refund, ASKED_RETURN, RETURNING, ARRIVING)
    shop.pay_back(refund)


def confirm_and_send(shop: Shop, seller_id: int, param: Param) -> None:
    """open.refund.confirm.and.send: what came back is exchanged."""
    refund = _own(shop, seller_id, param)
    if refund["handlingWay"] != EXCHANGE:
        raise Refused("refund.handling-way", "只有换货单可以这样处理", 300008)
    _in(refund, ARRIVING)
    shop.change_refund(refund, status=EXCHANGING, exchange=_parcel(param))


def return_info(shop: Shop, seller_id: int, param: Param) -> None:
    """open.refund.submit.returnInfo."""
    refund = _own(shop, seller_id, param)
    _in(refund, RETURNING)
    shop.change_refund(refund, status=ARRIVING, parcel=_parcel(param))


def reject(shop: Shop, seller_id: int, param: Param) -> None:
    """open.refund.reject."""
    refund = _own(shop, seller_id, param)
    _newest(refund, param)
    _in(refund, ASKED_MONEY, ASKED_RETURN, ARRIVING)
    reason = next((one for one in _REASONS if one[0] == int(param["reasonCode"])), None)
    if reason is None:
        raise Refused("refund.reason", "没有这个拒绝原因", 300016)
    desc, images = str(param.get("rejectDesc") or ""), list(param.get("rejectImages") or ())
    if (reason[3] and not desc) or (reason[4] and not images):
        raise Refused("refund.description", "这个原因需要说明或凭证", 300007)
    disagree = {"code": reason[0], "desc": desc, "images": images}
    shop.change_refund(refund, negotiateStatus=_REFUSED, disagree=disagree)


def reasons(shop: Shop, seller_id: int, param: Param) -> list[Document]:
    """open.refund.reject.reason."""
    _own(shop, seller_id, param)
    names = ("code", "desc", "tip", "requiredRejectDesc", "requiredRejectImage")
    return [dict(zip(names, reason, strict=True)) for reason in _REASONS]


def _row(shop: Shop, document: Document) -> Document:
    return fields.refund(document, shop.shelf.get("order", int(document["oid"])) or {})


def _own(shop: Shop, seller_id: int, param: Param) -> Document:
    found = shop.shelf.get("refund", int(param["refundId"]))
    if found is None or found["sellerId"] != seller_id:
        raise Refused("refund.not-found", "退款单不存在", 300011)
    return found


def _in(refund: Document, *states: int) -> None:
    if refund["status"] not in states:
        no = 300010 if refund["status"] == DONE else 300018
        raise Refused("refund.status-not-allowed", "当前状态不允许此操作", no)


def _expected(refund: Document, param: Param) -> None:
    if param.get("status") is not None and int(param["status"]) != refund["status"]:
        raise Refused("refund.status-not-allowed", "退款状态与给出的不一致", 300018)


def _newest(refund: Document, param: Param) -> None:
    if int(param["refundVersion"]) != refund["updateTime"]:
        raise Refused("refund.updated", "退款单已更新", 300014)


def _amount(refund: Document, param: Param) -> None:
    if not 0 < int(param["refundAmount"]) <= refund["refundFee"]:
        raise Refused("refund.amount", "退款金额不对", 300009)


def _parcel(param: Param) -> Document:
    return {"expressCode": int(param["expressCode"]), "expressNo": str(param["expressNo"])}
