"""What every answer needs: who asks, what is theirs, and how to say no."""

from collections.abc import Mapping
from typing import Any

from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document

Param = Mapping[str, Any]
DAY_MS = 86_400_000
BAD_PARAM = 13


class Refused(Exception):  # noqa: N818 - an expected no
    """A business no, with the anchor's codes."""

    def __init__(self, sub_code: str, sub_msg: str, result: int = 21) -> None:
        """Say why."""
        super().__init__(sub_code)
        self.result, self.sub_code, self.sub_msg = result, sub_code, sub_msg


def seller(shop: Shop, seller_id: int) -> Document:
    """Return the shop of a seller, or refuse."""
    found = shop.shelf.get("seller", seller_id)
    if found is None:
        raise Refused("seller.unknown", "没有这家店铺", 26)
    return found


def own(shop: Shop, kind: str, number: Any, seller_id: int) -> Document:
    """Return a document of this seller, or refuse."""
    found = shop.shelf.get(kind, int(number))
    # A stranger's object looks like no object: the same answer tells nothing.
    if found is None or found["sellerId"] != seller_id:
        raise Refused(f"{kind}.not-found", "没有找到，或不属于这家店铺")
    return found


def mine(shop: Shop, kind: str, seller_id: int) -> list[Document]:
    """Return all documents of a kind that are this seller's."""
    return [one for one in shop.shelf.all(kind) if one["sellerId"] == seller_id]


def cursor_page(found: list[Document], cursor: Any, size: int) -> tuple[list[Document], str]:
    """Return the page that the cursor names, and the next cursor: `nomore` at the end."""
    start = int(cursor or 0)
    following = start + size
    return found[start:following], str(following) if following < len(found) else "nomore"
