"""Make shops: sellers, their items, orders of the last weeks, some refunds; all from dice."""

from random import Random
from typing import Any

from shouyue_sandbox.shop import people
from shouyue_sandbox.shop.shelf import Document, Shelf

FIRST_SELLER = 2_900_001
FIRST_ITEM = 21_300_000_000_001
FIRST_ORDER = 2_632_700_000_000_001
FIRST_REFUND = 2_632_700_900_000_001
FIRST_COMMENT = 5_100_001
MOST_SKUS = 100
_HOUR_MS = 3_600_000
_WORDS = ("很喜欢，包装用心。", "物流很快。", "和描述一致，会回购。", "颜色比照片深一些。")
LEVEL, QUOTA = 3, 100
"""What lets a shop open buyers' fields by API, and how many orders of a day (protocol, 5.3)."""

_SHOPS = ("青禾茶铺", "山野食集", "一纸文具", "拾光家居")
_SMALL: dict[int, Document] = {2: {"quota": 1}, 3: {"level": 0}}
"""Shops whose quota is spent by one order, or whose level opens nothing, by their place."""
_GOODS: tuple[tuple[str, str, int], ...] = (
    ("明前龙井茶 250g 罐装", "250g", 12800),
    ("手工竹编收纳篮", "大号", 5900),
    ("云南小粒咖啡豆 中烘 500g", "500g", 6800),
    ("棉麻刺绣桌布 140×220", "米白", 9900),
    ("陶瓷手冲壶 600ml", "靛青", 15800),
    ("活页笔记本 A5 点阵", "五本装", 3900),
    ("桂花酿蜂蜜 480g", "单瓶", 4500),
    ("原木台灯 暖光", "胡桃木", 19900),
    ("竹浆抽纸 24 包", "整箱", 5290),
    ("黑芝麻丸 独立包装", "36 粒", 3680),
)


def world(shelf: Shelf, seed: int, now_ms: int) -> None:
    """Fill an empty shelf; a shelf that already has sellers is left as it is."""
    if shelf.all("seller"):
        return
    dice = Random(seed)  # noqa: S311 - invented shops need no secrecy
    with shelf.change():
        for offset, name in enumerate(_SHOPS):
            seller = seller_named(dice, FIRST_SELLER + offset, name) | _SMALL.get(offset, {})
            furnish(shelf, dice, seller, now_ms)
        for seller in shelf.all("seller"):
            sell_services(shelf, dice, seller, now_ms)


def furnish(shelf: Shelf, dice: Random, seller: Document, now_ms: int) -> None:
    """Give a seller a shop: items, orders of the last month, refunds, comments, own addresses."""
    shelf.put("seller", seller["sellerId"], seller)
    items = [_item(shelf, dice, seller, goods, now_ms) for goods in dice.sample(_GOODS, 6)]
    for _ in range(24):
        _past_order(shelf, dice, seller, dice.choice(items), now_ms)
    for facts in ({"wordTime": now_ms}, {"held": [2]}, {}):
        order = _special_order(shelf, dice, seller, items[0], (now_ms, facts))
    new_refund(shelf, order, now_ms - 70 * _HOUR_MS)
    for kind in (1, 2):
        _own_address(shelf, dice, seller, kind)


def sku_id(item_id: int, place: int) -> int:
    """Return the id of an item's variant; ids stay below 2**53, for clients in JavaScript."""
    return item_id * MOST_SKUS + place


def seller_named(dice: Random, seller_id: int, shop: str) -> Document:
    """Return an invented seller; without an `appKey` the shop is everybody's."""
    return {
        "appKey": "",
        "sellerId": seller_id,
        "shopName": shop,
        "shopType": 1,
        "account": f"ks_shop_{seller_id}",
        "level": LEVEL,
        "quota": QUOTA,
        "nickname": f"{shop}掌柜",
        "phone": people.phone(dice),
        "sex": dice.choice("FM"),
    }


def _own_address(shelf: Shelf, dice: Random, seller: Document, kind: int) -> None:
    number, place = shelf.next_number("address", 1), people.place(dice)
    base = {
        "consignee": people.name(dice),
        "mobile": people.phone(dice),
        "province": place.province,
        "provinceCode": place.province_code,
        "city": place.city,
        "cityCode": place.city_code,
        "district": place.district,
        "districtCode": place.district_code,
        "town": place.town,
        "townCode": place.town_code,
        "address": place.street,
    }
    whole = {"addressId": number, "sellerId": seller["sellerId"], "addressType": kind}
    shelf.put("address", number, {**whole, "defaultAddress": True, "baseInfo": base})


def sell_services(shelf: Shelf, dice: Random, seller: Document, now_ms: int) -> None:
    """Let a seller have sold a service to each of the shops that are everybody's."""
    for buyer in shelf.all("seller"):
        if buyer["sellerId"] == seller["sellerId"] or buyer["appKey"]:
            continue
        number = shelf.next_number("service", FIRST_ORDER + 10**12)
        paid = now_ms - dice.randrange(1, 60) * 24 * _HOUR_MS
        days = dice.choice((7, 30, 90))
        order = {
            "oid": number,
            "sellerId": seller["sellerId"],
            "status": 70,
            "submitTime": paid - _HOUR_MS,
            "payTime": paid,
            "buyerOpenId": buyer["account"],
            "buyerShopName": buyer["shopName"],
            "serviceId": seller["sellerId"] * 10 + 1,
            "serviceName": f"{seller['shopName']}打单助手",
            "skuInfo": {"skuId": days, "name": f"{days} 天", "days": days},
            "orderTotalFee": days * 100,
            "paymentFee": days * 100,
            "appKey": "",
            "trialVersion": days == 7,  # noqa: PLR2004 - a week on trial
        }
        shelf.put("service", number, order)


def _item(
    shelf: Shelf, dice: Random, seller: Document, goods: tuple[str, str, int], now_ms: int
) -> Document:
    title, kind, price = goods
    number = shelf.next_number("item", FIRST_ITEM)
    made = now_ms - dice.randrange(20, 200) * 24 * _HOUR_MS
    rel = dice.randrange(10_000, 99_999)
    item: Document = {
        "itemId": number,
        "sellerId": seller["sellerId"],
        "title": title,
        "details": f"{title}，{kind}。",
        "categoryId": 1302,
        "relItemId": rel,
        "createdTime": made,
        "updateTime": made,
        "onOfflineStatus": 1,
        "auditStatus": 2,
        "itemStatus": 1,
        "images": [f"https://img.example/{number}.jpg"],
    }
    item["skus"] = [
        {
            "skuId": sku_id(number, place),
            "relSkuId": rel * 10 + place + 1,
            "kind": words,
            "price": price,
            "stock": dice.randrange(50, 900),
            "nick": "",
            "props": [{"propName": "规格", "propValueName": words}],
        }
        for place, words in enumerate((kind, f"{kind} 礼盒装"))
    ]
    shelf.put("item", number, item)
    return item


def _past_order(shelf: Shelf, dice: Random, seller: Document, item: Document, now_ms: int) -> None:
    made = now_ms - dice.randrange(2, 24 * 30) * _HOUR_MS
    order = new_order(shelf, dice, seller, item, made)
    order["status"] = dice.choice((10, 30, 30, 40, 50, 70, 70, 70, 80))
    stages = (("payTime", 30), ("sendTime", 40), ("recvTime", 50))
    for number, (field, status) in enumerate(stages, 1):
        if status <= int(order["status"]) < 80:  # noqa: PLR2004 - 80 is closed
            order[field] = min(now_ms, made + number * 11 * _HOUR_MS)
    order["updateTime"] = max(int(order[field]) for field in ("createTime", "payTime", "sendTime"))
    if order["status"] in {40, 50, 70}:
        express_no = f"SF{dice.randrange(10**12):012d}"
        order["parcels"] = [parcel(order, 4, express_no, int(order["num"]))]
    shelf.put("order", int(order["oid"]), order)
    if order["status"] == 70 and dice.random() < 0.2:  # noqa: PLR2004 - a success, a share
        new_refund(shelf, order, min(now_ms, made + 60 * _HOUR_MS))
    elif order["status"] == 70 and dice.random() < 0.5:  # noqa: PLR2004 - a success, a share
        new_comment(shelf, dice, order, min(now_ms, made + 70 * _HOUR_MS))


def _special_order(
    shelf: Shelf, dice: Random, seller: Document, item: Document, at: tuple[int, Document]
) -> Document:
    """Put a paid order on the shelf of which something particular is true, and return it."""
    now_ms, facts = at
    order = new_order(shelf, dice, seller, item, now_ms - 72 * _HOUR_MS)
    paid_at = now_ms - 71 * _HOUR_MS
    paid = {"status": 30, "payTime": paid_at, "updateTime": paid_at}
    order = order | paid | facts
    shelf.put("order", int(order["oid"]), order)
    return order


def new_order(
    shelf: Shelf, dice: Random, seller: Document, item: Document, at_ms: int
) -> dict[str, Any]:
    """Put a fresh unpaid order on the shelf and return it."""
    number = shelf.next_number("order", FIRST_ORDER)
    place = people.place(dice)
    count = dice.randrange(1, 4)
    sku = item["skus"][0]
    order: dict[str, Any] = {
        "oid": number,
        "sellerId": seller["sellerId"],
        "itemId": item["itemId"],
        "num": count,
        "skuId": sku["skuId"],
        "price": sku["price"],
        "totalFee": sku["price"] * count,
        "status": 10,
        "createTime": at_ms,
        "updateTime": at_ms,
        "payTime": 0,
        "sendTime": 0,
        "recvTime": 0,
        "refundTime": 0,
        "buyer": f"buyer_{dice.randrange(10**9):09d}",
        "buyerNick": "茶友" + str(dice.randrange(1000, 9999)),
        "consignee": people.name(dice),
        "mobile": people.phone(dice),
        "place": {field: getattr(place, field) for field in place.__slots__},
        "parcels": [],
        "notes": [],
        "flag": 0,
        "audit": None,
        "commentStatus": 0,
        "remark": "",
    }
    shelf.put("order", number, order)
    return order


def parcel(order: Document, code: int, express_no: str, pieces: int) -> Document:
    """Return a parcel of an order, the next in number."""
    number = int(order["oid"]) % 10**9 * 100 + len(order["parcels"])
    return {"logisticsId": number, "expressCode": code, "expressNo": express_no, "pieces": pieces}


def new_refund(shelf: Shelf, order: Document, at_ms: int) -> Document:
    """Put a refund that waits for the seller on the shelf and return it.

    Before the parcel left it is for the money alone, after that for a return.
    """
    number = shelf.next_number("refund", FIRST_REFUND)
    back = int(order["status"]) > 30  # noqa: PLR2004 - paid
    refund = {
        "refundId": number,
        "oid": order["oid"],
        "sellerId": order["sellerId"],
        "itemId": order["itemId"],
        "refundFee": order["totalFee"],
        "status": 11 if back else 10,
        "handlingWay": 1 if back else 10,
        "negotiateStatus": 1,
        "receiptStatus": 0,
        "parcel": None,
        "disagree": {},
        "refundReasonDesc": "不想要了",
        "createTime": at_ms,
        "updateTime": at_ms,
    }
    shelf.put("refund", number, refund)
    return refund


def new_comment(shelf: Shelf, dice: Random, order: Document, at_ms: int) -> Document:
    """Put a buyer's comment on the shelf and return it."""
    number = shelf.next_number("comment", FIRST_COMMENT)
    comment = {
        "commentId": number,
        **{name: order[name] for name in ("oid", "sellerId", "itemId", "skuId")},
        "buyer": order["buyer"],
        "buyerNick": order["buyerNick"],
        "content": dice.choice(_WORDS),
        "score": dice.choice((3, 4, 5, 5)),
        "createTime": at_ms,
        "replies": [],
    }
    shelf.put("comment", number, comment)
    shelf.put("order", int(order["oid"]), order | {"commentStatus": 1})
    return comment
