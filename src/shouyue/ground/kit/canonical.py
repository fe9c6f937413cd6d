"""One spelling of a value: the JSON that is hashed, signed and compared."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

Plain = None | bool | int | str | Sequence["Plain"] | Mapping[str, "Plain"]

_TEXTS = {str}
_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Plain) -> bytes:
    """Return UTF-8 JSON with sorted keys, no spaces, NFC text and no floats (after RFC 8785)."""
    return _spell(_checked(value)).encode()


def spelled(text: str) -> str:
    """Return a text as it stands in canonical JSON, quoted."""
    return encode_basestring(text if text.isascii() else unicodedata.normalize("NFC", text))


def _checked(value: Plain) -> Plain:
    if isinstance(value, str):  # what is ASCII is in every normal form
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool | int):
        return value
    if type(value) is list:  # the usual kind; to ask whether it is a Mapping takes longer
        if {*map(type, value)} == _TEXTS and all(map(str.isascii, value)):
            return value
        return [_checked(item) for item in value]
    if isinstance(value, Mapping):
        return _checked_names(value)
    if isinstance(value, Sequence):
        return [_checked(item) for item in value]
    raise TypeError(type(value).__name__)


def _checked_names(value: Mapping[str, Plain]) -> Mapping[str, Plain]:
    if type(value) is dict and _is_plain(value):
        return value
    return {unicodedata.normalize("NFC", key): _checked(item) for key, item in value.items()}


def _is_plain(value: Mapping[str, Plain]) -> bool:
    """Tell whether names and values are ASCII texts and whole numbers: most facts are."""
    for name, item in value.items():
        plain = item.isascii() if type(item) is str else type(item) is int
        if not (plain and name.isascii()):
            return False
    return True
