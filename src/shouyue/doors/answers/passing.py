"""Ciphertexts in the parameters of a call, opened on their way to the operator's own system.

Waybills and text messages need a buyer's name, phone or address; the app that asks for them does
not (protocol, section 5.2). Which parameters take ciphertext is the catalogue's knowledge.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shouyue.ground.store.service import Store
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller

_Open = Callable[[str], str]


def opened(
    store: Store, caller: Caller, paths: Iterable[tuple[str, ...]], param: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the parameters with each ciphertext at these paths as its value; changes nothing.

    Raises CipherUnknown for a ciphertext of another shop or app.
    """
    whole: Any = param
    for path in paths:
        whole = _within(whole, path, lambda text: decryption.passed_on(store, caller, text))
    found: Mapping[str, Any] = whole
    return found


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
