"""Sub-accounts of the sandbox's shops: who works there, and what each may let an app have."""

from random import Random

from shouyue_sandbox.shop import people
from shouyue_sandbox.shop.asking import Param, Refused, seller
from shouyue_sandbox.shop.life import NotNow, Shop
from shouyue_sandbox.shop.shelf import Document, Shelf

REMOVED = "shop.staff.removed"
_WORK = (
    ("打单", ("user_base", "user_info", "merchant_user", "merchant_order", "merchant_logistics")),
    ("客服", ("user_base", "user_info", "merchant_user", "merchant_comment")),
)


def hire(shelf: Shelf, seed: int) -> None:
    """Give each shop its sub-accounts; a shelf that already has some is left as it is."""
    if shelf.all("staff"):
        return
    dice = Random(seed + 2)  # noqa: S311 - invented people need no secrecy
    with shelf.change():
        for owner in shelf.all("seller"):
            hire_for(shelf, dice, owner)


def hire_for(shelf: Shelf, dice: Random, owner: Document) -> None:
    """Give a shop its sub-accounts."""
    for place, (work, lets) in enumerate(_WORK, 1):
        one = _one(dice, owner, place, work)
        shelf.put("staff", one["staffId"], one | {"scopes": list(lets)})


def of(shop: Shop, staff_id: int, seller_id: int) -> Document:
    """Return who works in a shop under this number, or refuse."""
    found = shop.shelf.get("staff", staff_id)
    if found is None or found["sellerId"] != seller_id or not found["active"]:
        raise Refused("staff.unknown", "没有这个子账号，或已停用", 26)
    return found


def remove(shop: Shop, staff_id: int) -> Document:
    """Take a sub-account away, and tell the platform."""
    found = shop.shelf.get("staff", staff_id)
    if found is None or not found["active"]:
        raise NotNow
    found["active"] = False
    with shop.shelf.change():
        shop.shelf.put("staff", staff_id, found)
        shop.tell(REMOVED, found["sellerId"], staff_id, {})
    return found


def hire_again(shop: Shop, staff_id: int) -> Document:
    """Take a sub-account back; nothing is granted by it."""
    found = shop.shelf.get("staff", staff_id)
    if found is None or found["active"]:
        raise NotNow
    found["active"] = True
    shop.shelf.put("staff", staff_id, found)
    return found


def directory(shop: Shop, _seller_id: int, param: Param) -> Document:
    """Return the shop of an account and, of a sub-account, its number and what it may give."""
    account = param["open_id"]
    for found in shop.shelf.all("seller"):
        if found["account"] == account:
            return _named(found)
    for one in shop.shelf.all("staff"):
        if one["account"] == account and one["active"]:
            told = {name: one[name] for name in ("staffId", "scopes")}
            return {**_named(seller(shop, one["sellerId"])), "staffInfo": told}
    raise Refused("seller.unknown", "这个账号没有店铺", 26)


def _named(owner: Document) -> Document:
    return {field: owner[field] for field in ("sellerId", "shopName")}


def _one(dice: Random, owner: Document, place: int, work: str) -> Document:
    return {
        "staffId": owner["sellerId"] * 10 + place,
        "sellerId": owner["sellerId"],
        "account": f"ks_staff_{owner['sellerId']}_{place}",
        "nickname": f"{owner['shopName']}{work}",
        "phone": people.phone(dice),
        "sex": dice.choice("FM"),
        "active": True,
    }
