"""The operator's side of each API: takes a seller and `param`, gives `data` or refuses."""

from collections.abc import Callable
from typing import Any

from shouyue_sandbox.shop import fields, items, orders, parcels, refunds, staff, trade
from shouyue_sandbox.shop.asking import BAD_PARAM, Param, Refused, seller
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Document

__all__ = ["METHODS", "Refused", "answer"]

Answer = Callable[[Shop, int, Param], Any]


def answer(shop: Shop, method: str, seller_id: int, param: Param, staff_id: int = 0) -> Any:
    """Return the `data` of an API, or raise Refused: also to a sub-account that is gone."""
    if method not in METHODS:
        raise Refused("api.unknown", "上游没有这个接口", 1026)
    try:
        one = staff.of(shop, staff_id, seller_id) if staff_id else None
        data = METHODS[method](shop, seller_id, param)
        return data if one is None else _of_staff(method, one, data)
    except NotNow:
        raise Refused("order.status-not-allowed", "当前状态不允许此操作") from None
    except (KeyError, TypeError, ValueError):
        raise Refused("param.invalid", "参数缺失或格式不对", BAD_PARAM) from None


def _shop(shop: Shop, seller_id: int, _param: Param) -> Document:
    return fields.shop(seller(shop, seller_id))


def _user(shop: Shop, seller_id: int, _param: Param) -> Document:
    found = seller(shop, seller_id)
    picture = f"https://img.example/head/{seller_id}.jpg"
    return {"name": found["nickname"], "sex": found["sex"], "head": picture, "bigHead": picture}


def _seller_user(shop: Shop, seller_id: int, param: Param) -> Document:
    return {**_user(shop, seller_id, param), "sellerId": seller_id}


def _of_staff(method: str, one: Document, data: Any) -> Any:
    """Say who works there where a sub-account gave the token."""
    if method == "open.user.seller.get":
        return {**data, "staffInfo": {"staffId": one["staffId"], "name": one["nickname"]}}
    if method == "open.user.info.get":
        return {**data, "name": one["nickname"], "sex": one["sex"]}
    return data


METHODS: dict[str, Answer] = {
    "open.order.cursor.list": orders.listed,
    "open.order.detail": orders.detail,
    "open.order.buyer.order.list": orders.of_buyer,
    "open.order.tag.flag": orders.flags,
    "open.order.goods.split.deliver": orders.split,
    "open.order.address.update": orders.move,
    "open.order.address.audit.approve": orders.agree_move,
    "open.order.address.audit.reject": orders.refuse_move,
    "open.seller.order.goods.deliver": orders.ship,
    "open.seller.order.goods.logistics.append": orders.append,
    "open.seller.order.logistics.update": orders.renumber,
    "open.seller.order.note.add": orders.note,
    "open.seller.order.close": orders.close,
    "open.seller.order.sku.update": orders.change_sku,
    "open.seller.order.fee.detail": orders.fees,
    "open.seller.order.refund.pcursor.list": refunds.listed,
    "open.seller.order.refund.detail": refunds.detail,
    "open.seller.order.refund.approve": refunds.approve,
    "open.seller.order.refund.returngoods.approve": refunds.approve_return,
    "open.seller.order.refund.confirm.receipt": refunds.confirm_receipt,
    "open.refund.reject": refunds.reject,
    "open.refund.reject.reason": refunds.reasons,
    "open.refund.direct.refund": refunds.direct,
    "open.refund.confirm.and.send": refunds.confirm_and_send,
    "open.refund.submit.returnInfo": refunds.return_info,
    "open.item.get": items.get,
    "open.item.list.get": items.listed,
    "open.item.sku.list.get": items.skus,
    "open.item.new": items.new,
    "open.item.edit": items.edit,
    "open.item.autopass.edit": items.edit,
    "open.item.sku.price.update": items.set_price,
    "open.item.sku.stock.update": items.set_stock,
    "open.item.shelf.status.update": items.set_shelf,
    "open.item.delete": items.delete,
    "open.item.image.upload": items.upload,
    "open.item.category": items.categories,
    "open.item.category.config": items.category_config,
    "open.comment.list.get": trade.comments,
    "open.comment.add": trade.answer_comment,
    "open.promotion.coupon.create": trade.make_coupon,
    "open.promotion.coupon.page.list": trade.coupons,
    "open.service.market.order.list": trade.services,
    "open.service.market.order.detail": trade.service,
    "open.service.market.buyer.service.info": trade.held_service,
    "open.address.district.list": parcels.districts,
    "open.address.seller.list": parcels.addresses,
    "open.logistics.express.template.list": parcels.templates,
    "open.express.ebill.get": parcels.waybills,
    "open.express.ebill.cancel": parcels.cancel_waybill,
    "open.sms.send": parcels.send_message,
    "open.shop.info.get": _shop,
    "open.user.info.get": _user,
    "open.user.seller.get": _seller_user,
    # No APIs of the gateway: the platform asks what an order's state is, and whose shop it is.
    "order.standing.get": orders.standing,
    "seller.directory.get": staff.directory,
}
"""Every method that is answered, with the function that does."""
