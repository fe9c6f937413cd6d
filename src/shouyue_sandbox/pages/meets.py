"""What can be met in the shops on the page beside the usual: the sentence, where, and the code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shouyue_sandbox.shop.life import PAID, SHIPPED
from shouyue_sandbox.shop.shelf import Document

_MOST = 8


@dataclass(frozen=True, slots=True)
class Met:
    """A refusal or a permission, and the orders or shops where an app meets it."""

    zh: str
    en: str
    code: str
    page: bool
    """Whether the platform has a page on this code."""
    ids: Sequence[int]


_ORDERS: tuple[tuple[str, str, str, Callable[[Document], bool]], ...] = (
    (
        "买家已授权明文：解密不占额度",
        "The buyer gave the word: decrypting costs no quota",
        "privacyInfoAuthStatus",
        lambda one: bool(one.get("wordTime")) and one["status"] in {PAID, SHIPPED},
    ),
    (
        "暂不可发货：地址为空，发货被拒",
        "On hold: the address is empty, shipping is refused",
        "order.on-hold",
        lambda one: bool(one.get("held")) and one["status"] == PAID,
    ),
)
_SHOPS: tuple[tuple[str, str, str, Callable[[Document], bool]], ...] = (
    (
        "解密额度每天一单：第二单被拒",
        "One order a day may be decrypted: the second is refused",
        "decryption.quota",
        lambda one: one.get("quota") == 1,
    ),
    (
        "店铺等级 L0：不能解密",
        "A shop of level 0: nothing is decrypted",
        "decryption.level",
        lambda one: one.get("level") == 0,
    ),
)


def of(shops: Sequence[Document], orders: Sequence[Document]) -> Sequence[Met]:
    """Return what can be met in these shops and their orders now."""
    closed = {one["sellerId"] for one in shops if one.get("level") == 0}
    # Where nothing is decrypted, a buyer's word opens nothing either.
    orders = [one for one in orders if not (one.get("wordTime") and one["sellerId"] in closed)]
    found = [
        Met(zh, en, code, code.startswith("decryption."), [int(one[number]) for one in here])
        for kinds, number, documents in ((_ORDERS, "oid", orders), (_SHOPS, "sellerId", shops))
        for zh, en, code, fits in kinds
        for here in [[one for one in documents if fits(one)][:_MOST]]
    ]
    return [one for one in found if one.ids]
