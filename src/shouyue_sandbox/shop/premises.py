"""Shops of an app's own: opened for it, closed by it, moved through time by it alone."""

import re
from random import Random

from shouyue_sandbox.shop import generate, staff
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Document

MOST = 5
"""Shops of one app: as many as it may have test users."""

THEIRS = (
    *("item", "order", "refund", "comment", "reply", "coupon", "service"),
    *("waybill", "message", "image", "address", "staff"),
)
"""Kinds of documents that belong to a shop."""

_APP_KEY = re.compile(r"[A-Za-z0-9]{4,64}")
_NAMES = ("试营茶舍", "样品文具", "演练食集", "彩排家居", "草稿杂货")


def of(shop: Shop, app_key: str) -> list[Document]:
    """Return the shops of an app; of no app, those that are everybody's."""
    return [one for one in shop.shelf.all("seller") if one.get("appKey", "") == app_key]


def open_for(shop: Shop, dice: Random, app_key: str) -> Document:
    """Open a furnished shop for an app. Raises NotNow where it has all it may, or no such key."""
    mine = of(shop, app_key)
    if not _APP_KEY.fullmatch(app_key) or len(mine) >= MOST:
        raise NotNow
    taken = {one["shopName"] for one in mine}
    name = next(one for one in _NAMES if one not in taken)
    with shop.shelf.change():
        number = shop.shelf.next_number("seller", generate.FIRST_SELLER)
        seller = generate.seller_named(dice, number, name) | {"appKey": app_key}
        generate.furnish(shop.shelf, dice, seller, shop.now())
        generate.sell_services(shop.shelf, dice, seller, shop.now())
        staff.hire_for(shop.shelf, dice, seller)
    return seller


RANKS = {
    "full": {"level": generate.LEVEL, "quota": generate.QUOTA},
    "spent": {"quota": 1},
    "low": {"level": 0},
}
"""What an app may make of its own shop: as it was opened, a quota of one order, a level of none."""


def rank(shop: Shop, seller_id: int, name: str) -> Document:
    """Change what a shop may open of its buyers, and return it. Raises NotNow."""
    seller = own(shop, seller_id)
    if name not in RANKS:
        raise NotNow
    seller = seller | RANKS["full"] | RANKS[name]
    with shop.shelf.change():
        shop.shelf.put("seller", seller_id, seller)
    return seller


def close(shop: Shop, seller_id: int) -> Document:
    """Clear a shop away and tell that its staff is gone. Raises NotNow where it is everybody's."""
    seller = own(shop, seller_id)
    with shop.shelf.change():
        for one in shop.shelf.all("staff"):
            if one["sellerId"] == seller_id and one["active"]:
                shop.tell(staff.REMOVED, seller_id, one["staffId"], {})
        for kind in (*THEIRS, "seller"):
            shop.shelf.clear(kind, seller_id)
    return seller


def own(shop: Shop, seller_id: int) -> Document:
    """Return an app's own shop. Raises NotNow for any other."""
    seller = shop.shelf.get("seller", seller_id)
    if seller is None or not seller.get("appKey"):
        raise NotNow
    return seller
