"""Permission packages in people's words: what one opens, and which personal fields it returns.

Read off the catalogue and the policy, so that developers, merchants and the documentation see
the same. Clauses: 1.c, 2.3, 4.1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shouyue.ground.kit.types import Lang
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Event, Guard, Personal, Whose
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Sensitive

PURPOSE = Purpose.P6
"""What every release to an app is for."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "consignee": ("收货人姓名", "consignee's name"),
    "mobile": ("手机号", "phone number"),
    "address": ("详细地址", "street address"),
    "decryptedData": (
        "逐单解密的收货人姓名、手机号或地址（每日限额）",
        "consignee's name, phone or address of single orders, decrypted within a daily quota",
    ),
    "desensitisedData": (
        "收货人姓名、手机号或地址的掩码",
        "masks of consignee's name, phone and address",
    ),
    "buyerOpenId": ("买家标识", "buyer's id"),
    "buyerNick": ("买家昵称", "buyer's nickname"),
    "buyerImage": ("买家头像", "buyer's picture"),
    "remark": ("买家留言", "buyer's remark"),
    "sellerNick": ("商家昵称", "merchant's nickname"),
    "name": ("昵称", "nickname"),
    "head": ("头像", "picture"),
    "bigHead": ("头像大图", "large picture"),
    "content": ("评价内容", "words of a comment"),
}
_CLASSES = {
    "trade": ("交易与地址信息", "trade and address"),
    "image": ("头像图片", "picture"),
    "pseudonym": ("昵称标识", "pseudonym"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Personal fields of one class that leave in one way, in words and by name."""

    item: Item
    kind: str
    sensitive: bool
    whose: Whose
    veiled: bool
    words: tuple[str, ...]
    names: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Permit:
    """One permission package."""

    name: str
    words: str
    default: bool
    calls: tuple[Api, ...]
    events: tuple[Event, ...]
    lines: tuple[Line, ...]


def permit(name: str, lang: Lang) -> Permit:
    """Return a package by name; KeyError for one that the catalogue does not know."""
    scope = catalogue.scopes()[name]
    calls = tuple(api for api in catalogue.apis().values() if api.scope == name)
    events = tuple(event for event in catalogue.events().values() if event.scope == name)
    return Permit(
        name=name,
        words=scope.zh if lang == "zh" else scope.en,
        default=scope.default,
        calls=calls,
        events=events,
        lines=lines((field for api in calls for field in api.personal), lang),
    )


def opened(lang: Lang) -> list[Permit]:
    """Return the packages that open something today; an empty one is offered to nobody."""
    found = (permit(name, lang) for name in catalogue.scopes())
    return [one for one in found if one.default or one.calls or one.events]


def lines(fields: Iterable[Personal], lang: Lang) -> tuple[Line, ...]:
    """Return personal fields by class and by the way they leave, each word once."""
    groups: dict[tuple[Item, Whose, bool], list[Personal]] = {}
    for field in fields:
        veiled = field.guard is not Guard.OPEN
        groups.setdefault((field.item, field.whose, veiled), []).append(field)
    return tuple(_line(key, found, lang) for key, found in groups.items())


def word(name: str, lang: Lang) -> str:
    """Return a personal field's name in words; one of an operator's own API is its own word."""
    zh, en = _WORDS.get(name, (name, name))
    return zh if lang == "zh" else en


def _line(key: tuple[Item, Whose, bool], fields: list[Personal], lang: Lang) -> Line:
    item, whose, veiled = key
    rule = policy.item(item)
    zh, en = _CLASSES.get(rule.kind, (rule.name.zh, rule.name.en))
    leaving = (name for field in fields for name in catalogue.leaving(field))
    return Line(
        item=item,
        kind=zh if lang == "zh" else en,
        sensitive=rule.sensitive is not Sensitive.NO,
        whose=whose,
        veiled=veiled,
        words=tuple(dict.fromkeys(word(field.path[-1], lang) for field in fields)),
        names=tuple(dict.fromkeys(leaving)),
        purpose=policy.purpose(PURPOSE).name.say(lang),
    )
