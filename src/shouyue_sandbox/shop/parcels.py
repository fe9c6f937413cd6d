"""What a parcel needs: districts, addresses, freight, waybills; and text messages about it."""

from typing import Any

from shouyue_sandbox.shop import people
from shouyue_sandbox.shop.asking import Param, Refused, mine, own, seller
from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document

DISTRICTS = "2026-11"
_FIRST_WAYBILL = 1
_FIRST_MESSAGE = 9_900_001
_CARRIERS = frozenset({"SF", "YTO", "ZTO", "STO", "YUNDA"})


def districts(_shop: Shop, _seller_id: int, param: Param) -> Document:
    """open.address.district.list: nothing but the version for who holds the newest."""
    tree = [] if param["districtVersion"] == DISTRICTS else people.districts()
    return {"districtVersion": DISTRICTS, "districts": tree}


def addresses(shop: Shop, seller_id: int, param: Param) -> list[Document]:
    """open.address.seller.list."""
    seller(shop, seller_id)
    names = ("addressId", "addressType", "defaultAddress", "baseInfo")
    return [
        {name: one[name] for name in names}
        for one in mine(shop, "address", seller_id)
        if one["addressType"] == int(param["addressType"])
    ]


def templates(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.logistics.express.template.list."""
    seller(shop, seller_id)
    made = {"createTime": 1_700_000_000_000, "updateTime": 1_700_000_000_000}
    rows = [
        {"id": 1, "name": "全国包邮", "sendProvinceCode": 330000, "calType": 1, "used": True},
        {
            "id": 2,
            "name": "偏远地区按重量",
            "sendProvinceCode": 330000,
            "calType": 2,
            "used": False,
        },
    ]
    found = [
        one | made | {"sourceType": 1} for one in rows if one["used"] or not param["searchUsed"]
    ]
    offset, limit = int(param["offset"]), int(param["limit"])
    return {"total": len(found), "expressTemplateDetailVOS": found[offset : offset + limit]}


def waybills(shop: Shop, seller_id: int, param: Param) -> list[Document]:
    """open.express.ebill.get: each request is answered by itself."""
    return [_waybill(shop, seller_id, one) for one in param["getEbillOrderRequest"]]


def cancel_waybill(shop: Shop, seller_id: int, param: Param) -> None:
    """open.express.ebill.cancel."""
    for bill in mine(shop, "waybill", seller_id):
        same = bill["waybillCode"] == param["waybillCode"]
        if same and bill["carrier"] == param["expressCompanyCode"] and not bill["cancelled"]:
            shop.keep("waybill", bill | {"cancelled": True})
            return
    raise Refused("waybill.not-found", "没有这张面单，或已取消")


def send_message(shop: Shop, seller_id: int, param: Param) -> Document:
    """open.sms.send: nothing is sent, and the number is not kept."""
    seller(shop, seller_id)
    number = shop.shelf.next_number("message", _FIRST_MESSAGE)
    kept = {"sellerId": seller_id, "templateId": int(param["templateId"]), "at": shop.now()}
    shop.shelf.put("message", number, kept)
    return {"messageId": number}


def _waybill(shop: Shop, seller_id: int, asked: Document) -> Document:
    carrier, request = str(asked["expressCompanyCode"]), str(asked["requestId"])
    try:
        bill = _bill(shop, seller_id, carrier, asked)
    except Refused as no:
        said: dict[str, Any] = {"result": no.result, "success": False, "message": no.sub_msg}
        return {"requestId": request, "baseResponse": said, "data": []}
    printed = {
        "waybillCode": bill["waybillCode"],
        "printData": f"sandbox:{bill['number']}",
        "signature": "sandbox",
        "key": "sandbox",
        "version": "1",
    }
    said = {"result": 1, "success": True, "message": "SUCCESS"}
    return {"requestId": request, "baseResponse": said, "data": [printed]}


def _bill(shop: Shop, seller_id: int, carrier: str, asked: Document) -> Document:
    order = own(shop, "order", asked["orderId"], seller_id)
    if carrier not in _CARRIERS:
        raise Refused("waybill.carrier", "不支持的快递公司")
    for bill in mine(shop, "waybill", seller_id):
        if bill["request"] == str(asked["requestId"]):
            return bill
    with shop.shelf.change():
        number = shop.shelf.next_number("waybill", _FIRST_WAYBILL)
        bill = {
            "number": number,
            "sellerId": seller_id,
            "oid": order["oid"],
            "carrier": carrier,
            "request": str(asked["requestId"]),
            "waybillCode": f"{carrier}{shop.digits(12)}",
            "cancelled": False,
        }
        shop.keep("waybill", bill)
    return bill
