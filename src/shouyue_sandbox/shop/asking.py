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
_LOOK_BACK_DAYS = 90
_WEEK_MS = 7 * DAY_MS
LEAST_MS, MOST_MS = 10**12, 10**13 - 1
"""Moments of 13 digits: fewer are seconds, more are microseconds."""


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


def cursor_page(
    found: list[Document], param: Param, name: str, size: int
) -> tuple[list[Document], str]:
    """Return the page that the cursor `name` asks for, and the next: `nomore` at the end."""
    given = str(param[name] or 0)
    if given == _NO_MORE:
        return [], _NO_MORE
    if not given.isascii() or not given.isdecimal() or len(given) > _MOST_CURSOR:
        raise Refused("cursor.unknown", f"{name} 应为空，或上一页返回的值", BAD_PARAM)
    start = int(given)
    following = start + size
    return found[start:following], str(following) if following < len(found) else _NO_MORE


@dataclass(frozen=True, slots=True)
class Window:
    """How long and how old a window of time may be, and the numbers that refuse one.

    Without `days` it may be of any length and age (protocol, sections 1.6 and 1.7).
    """

    kind: str
    days: int = 0
    names: tuple[str, str] = ("beginTime", "endTime")
    reversed_: int = BAD_PARAM
    long: int = BAD_PARAM
    week: int = BAD_PARAM
    """The number of a window of more than seven days."""
    old: int = BAD_PARAM

    def read(self, param: Param, now_ms: int) -> tuple[int, int]:
        """Return its two ends in milliseconds, or refuse it with its cause."""
        first, last = self.names
        begin, end = int(param[first]), int(param[last])
        for name, moment in ((first, begin), (last, end)):
            if not LEAST_MS <= moment <= MOST_MS:
                self._refuse("no-milliseconds", f"{name} 应为毫秒时间（13 位）", BAD_PARAM)
        if end < begin:
            self._refuse("reversed", f"{last} 早于 {first}", self.reversed_)
        if self.days:
            self._bounded(begin, end, now_ms)
        return begin, end

    def _bounded(self, begin: int, end: int, now_ms: int) -> None:
        first, last = self.names
        if end - begin > self.days * DAY_MS:
            number = self.week if end - begin > _WEEK_MS else self.long
            self._refuse("long", f"{first} 到 {last} 最多 {self.days} 天", number)
        if begin < now_ms - _LOOK_BACK_DAYS * DAY_MS:
            self._refuse("old", f"只能查询最近 {_LOOK_BACK_DAYS} 天，{first} 过早", self.old)

    def _refuse(self, why: str, said: str, result: int) -> Never:
        raise Refused(f"{self.kind}.window-{why}", said, result)
