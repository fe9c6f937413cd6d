"""Make a world from a seed: sellers, their items, orders of the last weeks, some refunds."""

from random import Random
from typing import Any

from shouyue_sandbox.shop import people
from shouyue_sandbox.shop.shelf import Document, Shelf

FIRST_SELLER = 2_900_001
FIRST_ITEM = 21_300_000_000_001
FIRST_ORDER = 2_632_700_000_000_001
FIRST_REFUND = 2_632_700_900_000_001
_HOUR_MS = 3_600_000
_SHOPS = ("青禾茶铺", "山野食集", "一纸文具", "拾光家居")
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
        for offset, shop in enumerate(_SHOPS):
            seller = _seller(dice, FIRST_SELLER + offset, shop)
            shelf.put("seller", seller["sellerId"], seller)
            items = [_item(shelf, dice, seller, goods, now_ms) for goods in dice.sample(_GOODS, 6)]
            for _ in range(24):
                _past_order(shelf, dice, seller, dice.choice(items), now_ms)


def _seller(dice: Random, seller_id: int, shop: str) -> Document:
    return {
        "sellerId": seller_id,
        "shopName": shop,
        "shopType": 1,
        "account": f"ks_shop_{seller_id}",
        "nickname": f"{shop}掌柜",
        "phone": people.phone(dice),
        "sex": dice.choice("FM"),
    }


def _item(
    shelf: Shelf, dice: Random, seller: Document, goods: tuple[str, str, int], now_ms: int
) -> Document:
    title, kind, price = goods
    number = shelf.next_number("item", FIRST_ITEM)
    made = now_ms - dice.randrange(20, 200) * 24 * _HOUR_MS
    item = {
        "itemId": number,
        "sellerId": seller["sellerId"],
        "title": title,
        "kind": kind,
        "price": price,
        "stock": dice.randrange(50, 900),
        "skuId": number * 10 + 1,
        "relItemId": dice.randrange(10_000, 99_999),
        "createdTime": made,
        "updateTime": made,
        "onOfflineStatus": 1,
        "auditStatus": 2,
        "images": [],
    }
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
        order["express"] = {"expressCode": 4, "expressNo": f"SF{dice.randrange(10**12):012d}"}
    shelf.put("order", int(order["oid"]), order)
    if order["status"] == 70 and dice.random() < 0.2:  # noqa: PLR2004 - a success, a share
        new_refund(shelf, order, min(now_ms, made + 60 * _HOUR_MS))


def new_order(
    shelf: Shelf, dice: Random, seller: Document, item: Document, at_ms: int
) -> dict[str, Any]:
    """Put a fresh unpaid order on the shelf and return it."""
    number = shelf.next_number("order", FIRST_ORDER)
    place = people.place(dice)
    count = dice.randrange(1, 4)
    order: dict[str, Any] = {
        "oid": number,
        "sellerId": seller["sellerId"],
        "itemId": item["itemId"],
        "num": count,
        "price": item["price"],
        "totalFee": item["price"] * count,
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
        "express": None,
        "remark": "",
    }
    shelf.put("order", number, order)
    return order


def new_refund(shelf: Shelf, order: Document, at_ms: int) -> Document:
    """Put a refund that waits for the seller on the shelf and return it."""
    number = shelf.next_number("refund", FIRST_REFUND)
    refund = {
        "refundId": number,
        "oid": order["oid"],
        "sellerId": order["sellerId"],
        "itemId": order["itemId"],
        "refundFee": order["totalFee"],
        "status": 10,
        "handlingWay": 10,
        "negotiateStatus": 1,
        "refundReasonDesc": "不想要了",
        "createTime": at_ms,
        "updateTime": at_ms,
    }
    shelf.put("refund", number, refund)
    return refund
