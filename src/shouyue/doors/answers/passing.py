"""Ciphertexts in the parameters of a call, opened on their way to the operator's own system.

Waybills and text messages need a buyer's name, phone or address; the app that asks for them does
not (protocol, section 5.2). Which parameters take ciphertext is the catalogue's knowledge. What the
operator's system says in return may quote a value; then the app reads the mask.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shouyue.ground.store.service import Store
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller

_Open = Callable[[str], str]

_LONG = 7
"""Letters from which a value is looked for inside other words too; a short name could be in any."""


def opened(
    store: Store, caller: Caller, paths: Iterable[tuple[str, ...]], param: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Return the parameters with each ciphertext at these paths as its value; changes nothing.

    Beside them the values that were opened, each with its mask, for `hushed`. Raises CipherUnknown
    for a ciphertext of another shop or app.
    """
    masks: dict[str, str] = {}

    def open_(text: str) -> str:
        found = decryption.passed_on(store, caller, text)
        if found is None:
            return text
        masks[found.plain] = found.mask
        return found.plain

    whole: Any = param
    for path in paths:
        whole = _within(whole, path, open_)
    return whole, masks


def hushed(said: Any, masks: Mapping[str, str]) -> Any:
    """Return what was said with the masks in the place of the values; changes nothing."""
    for plain in sorted(filter(None, masks), key=len, reverse=True):
        said = _hushed(said, _pattern(plain), masks[plain])
    return said


def _hushed(said: Any, plain: re.Pattern[str], mask: str) -> Any:
    if isinstance(said, dict):
        return {name: _hushed(one, plain, mask) for name, one in said.items()}
    if isinstance(said, list):
        return [_hushed(one, plain, mask) for one in said]
    if isinstance(said, str):
        return plain.sub(lambda _: mask, said)
    is_it = isinstance(said, int) and not isinstance(said, bool) and plain.fullmatch(str(said))
    return mask if is_it else said


def _pattern(plain: str) -> re.Pattern[str]:
    if len(plain) >= _LONG or not plain.isascii():
        return re.compile(re.escape(plain))
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(plain)}(?![0-9A-Za-z])")


def _within(value: Any, path: tuple[str, ...], open_: _Open) -> Any:
    if not path:
        return open_(value) if isinstance(value, str) else value
    if not isinstance(value, dict) or path[0] not in value:
        return value
    inner = value[path[0]]
    changed = (
        [_within(one, path[1:], open_) for one in inner]
        if isinstance(inner, list)
        else _within(inner, path[1:], open_)
    )
    return {**value, path[0]: changed}
