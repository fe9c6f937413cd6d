"""The protocol's spelling of batches: what an item must hold, and how each is answered (5.2)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shouyue.ground.kit.errors import Refusal
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.decryption.errors import ItemMalformed
from shouyue.platform.decryption.types import Cipher, Kind, Value

Item = Mapping[str, Any]
T = TypeVar("T")

_ORDER = re.compile(r"[1-9][0-9]{0,18}")
_MOST_ORDER = 2**63
_MOST_CIPHER = 4000
_MOST_TEXT = 1000
_OK, _INTERNAL = 1, 11


@dataclass(frozen=True, slots=True)
class Form:
    """How an API calls its lists and fields. `echoed` come back as they were sent."""

    asked: str
    answered: str
    value: str
    echoed: tuple[str, ...]


FORMS: Mapping[str, Form] = {
    "open.order.decrypt.batch": Form(
        "batchDecryptList", "batchDecryptResultList", "decryptedData", ("encryptedData", "bizId")
    ),
    "open.order.desensitise.batch": Form(
        "batchDesensitiseList",
        "batchDesensitiseResultList",
        "desensitisedData",
        ("encryptedData", "bizId"),
    ),
    "open.order.encrypt.batch": Form(
        "batchEncryptList", "batchEncryptResultList", "encryptedData", ("decryptedData", "bizId")
    ),
    "open.order.search.index.batch": Form(
        "indexParamList", "indexResultList", "searchIndex", ("plainText",)
    ),
}


def cipher(item: Item) -> Cipher:
    """Return what `encryptedData` and `bizId` say, or raise ItemMalformed."""
    return Cipher(_text(item, "encryptedData", _MOST_CIPHER), _order(item))


def value(item: Item) -> Value:
    """Return what `decryptedData`, `bizId` and `type` say, or raise ItemMalformed."""
    return Value(_text(item, "decryptedData", _MOST_TEXT), _kind(item), _order(item))


def searched(item: Item) -> Value:
    """Return what `plainText` and `type` say, or raise ItemMalformed."""
    return Value(_text(item, "plainText", _MOST_TEXT), _kind(item))


def read(items: Sequence[Item], reader: Callable[[Item], T]) -> list[T | Refusal]:
    """Return each item as it was read, or why it cannot be."""
    return [_read(item, reader) for item in items]


def write(
    form: Form, items: Sequence[Item], outcomes: Sequence[str | Refusal]
) -> Mapping[str, Any]:
    """Return the list of answers: a failed item has its own number and leaves the others alone."""
    rows = [_row(form, item, one) for item, one in zip(items, outcomes, strict=True)]
    return {form.answered: rows}


def _read(item: Item, reader: Callable[[Item], T]) -> T | Refusal:
    try:
        return reader(item)
    except ItemMalformed as no:
        return no


def _row(form: Form, item: Item, outcome: str | Refusal) -> Mapping[str, Any]:
    echoed = {name: item.get(name) for name in form.echoed}
    if not isinstance(outcome, Refusal):
        return {**echoed, form.value: outcome, "errorCode": _OK, "errorMsg": "SUCCESS"}
    number = catalogue.number(outcome.code) or _INTERNAL
    said = f"[{outcome.code}] {outcome.say('zh')} {outcome.say('en')}"
    return {**echoed, form.value: "", "errorCode": number, "errorMsg": said}


def _text(item: Item, name: str, most: int) -> str:
    found = item.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= most or not _spellable(found):
        raise ItemMalformed(name=name)
    return found


def _spellable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)  # half of a pair


def _order(item: Item) -> str:
    found = item.get("bizId")
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    if not _ORDER.fullmatch(text) or int(text) >= _MOST_ORDER:
        raise ItemMalformed(name="bizId")
    return text


def _kind(item: Item) -> Kind:
    found = item.get("type")
    if isinstance(found, str | int) and str(found) in {"1", "2", "3"}:
        return Kind(int(found))
    raise ItemMalformed(name="type")
