"""What every answer needs: who asks, what is theirs, and how to say no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

from shouyue_sandbox.shop.life import Shop
from shouyue_sandbox.shop.shelf import Document

Param = Mapping[str, Any]
DAY_MS = 86_400_000
BAD_PARAM = 13
_NO_MORE = "nomore"
_MOST_CURSOR = 12
_LEAST_MS = 1_000_000_000_000  # what is less are seconds
_LOOK_BACK_DAYS = 90


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
    """Return the page that the cursor names, and the next cursor: `nomore` at the end, and ever."""
    given = str(cursor or 0)
    if given == _NO_MORE:
        return [], _NO_MORE
    if not given.isascii() or not given.isdecimal() or len(given) > _MOST_CURSOR:
        raise Refused("cursor.unknown", "cursor 应为空，或上一页返回的值", BAD_PARAM)
    start = int(given)
    following = start + size
    return found[start:following], str(following) if following < len(found) else _NO_MORE


@dataclass(frozen=True, slots=True)
class Window:
    """How long a window of time may be, and the numbers that refuse one (protocol, 1.6)."""

    kind: str
    days: int
    reversed_: int = BAD_PARAM
    long: int = BAD_PARAM
    old: int = BAD_PARAM

    def read(self, param: Param, now_ms: int) -> tuple[int, int]:
        """Return its two ends in milliseconds, or refuse it with its cause."""
        begin, end = int(param["beginTime"]), int(param["endTime"])
        for name, moment in (("beginTime", begin), ("endTime", end)):
            if moment < _LEAST_MS:
                self._refuse("no-milliseconds", f"{name} 应为毫秒时间（13 位）", BAD_PARAM)
        if end < begin:
            self._refuse("reversed", "endTime 早于 beginTime", self.reversed_)
        if end - begin > self.days * DAY_MS:
            self._refuse("long", f"时间窗口最多 {self.days} 天", self.long)
        if begin < now_ms - _LOOK_BACK_DAYS * DAY_MS:
            self._refuse("old", f"只能查询最近 {_LOOK_BACK_DAYS} 天，beginTime 过早", self.old)
        return begin, end

    def _refuse(self, why: str, said: str, result: int) -> Never:
        raise Refused(f"{self.kind}.window-{why}", said, result)
