"""Ciphertexts in the parameters of a call, opened on their way to the operator's own system.

Waybills and text messages need a buyer's name, phone or address; the app that asks for them does
not (protocol, section 5.2). One is opened for orders of the shop, in the window of decrypting.
Which parameters take ciphertext is the catalogue's knowledge. What the operator's system says in
return may quote a value; then the app reads the mask.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shouyue.doors.answers import orders
from shouyue.doors.answers.orders import Ask
from shouyue.ground.store.service import Store
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller
from shouyue.privacy.sharing.types import Unveiled

_Open = Callable[[str], str]

_LONG = 7
"""Letters from which a value is looked for inside other words too; a short name could be in any."""


def opened(
    store: Store, caller: Caller, paths: Iterable[tuple[str, ...]], param: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Sequence[Unveiled]]:
    """Return the parameters with each ciphertext at these paths as its value; changes nothing.

    Beside them what was opened, for `check` before it goes and `masks` when an answer comes. Raises
    CipherUnknown for a ciphertext of another shop or app.
    """
    found: list[Unveiled] = []

    def open_(text: str) -> str:
        one = decryption.passed_on(store, caller, text)
        if one is None:
            return text
        found.append(one)
        return one.plain

    whole: Any = param
    for path in paths:
        whole = _within(whole, path, open_)
    return whole, found


async def check(store: Store, caller: Caller, found: Iterable[Unveiled], ask: Ask) -> None:
    """Return if what was opened may go to the operator's own system now.

    Raises OrdersSilent, what `ask` raises, and what `decryption.check_passing` raises.
    """
    of = {one.order for one in found}
    told = await orders.told(of, ask)

    def look() -> None:
        with store.read() as db:
            decryption.check_passing(db, caller, of, told)

    await asyncio.to_thread(look)


def masks(found: Iterable[Unveiled]) -> Mapping[str, str]:
    """Return the values that were opened, each with its mask, for `hushed`."""
    return {one.plain: one.mask for one in found}


def hushed(said: Any, known: Mapping[str, str]) -> Any:
    """Return what was said with the masks in the place of the values; changes nothing."""
    for plain in sorted(filter(None, known), key=len, reverse=True):
        said = _hushed(said, _pattern(plain), known[plain])
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
