"""Protected fields of buyers, in the anchor's grammar (protocol, section 5.1).

`<d>index<d>cipher<d>1<d><d>`, where the delimiter tells the type. The index is equal for equal
plain text within one scope, so that a seller may search and merge parcels without reading;
the cipher holds its order beside the value and is never the same twice, so that it may be passed on
by itself. Version 1 is AES-256-GCM with a 128-bit HMAC-SHA-256 index.
"""

import base64
import binascii
import json
import re
from enum import StrEnum

from shouyue.ground.hazmat import suites, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import Dice

_VERSION = "1"
_INDEX_BYTES = 16
_GRAMMAR = re.compile(r"([#$~])([A-Za-z0-9_-]{22})\1([A-Za-z0-9_-]+)\1(?:1)\1\1")


class FieldType(StrEnum):
    """What kind of value is protected; the value of the member is its delimiter."""

    NAME = "#"
    PHONE = "$"
    ADDRESS = "~"


def protect(
    keys: KeyRing, field_type: FieldType, plain: str, bound: str, dice: Dice, *, scope: str
) -> str:
    """Return the protected form of a value: `bound` is the order, `scope` the seller and app."""
    mark = index(keys, field_type, plain, scope)
    inside, bond = canonical([bound, plain]), _bond(field_type, mark)
    sealed = suites.seal(Suite.AES, _key(keys), dice(NONCE_BYTES), inside, bond)
    d = field_type.value
    return f"{d}{mark}{d}{_spell(sealed)}{d}{_VERSION}{d}{d}"


def unprotect(keys: KeyRing, text: str, *, scope: str) -> tuple[str, str]:
    """Return order and plain text; raise NotAuthentic for another scope or anything altered."""
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise NotAuthentic
    field_type, mark, cipher = FieldType(found[1]), found[2], found[3]
    bond = _bond(field_type, mark)
    bound, plain = json.loads(suites.unseal(Suite.AES, _key(keys), _read(cipher), bond))
    # The cipher names the order, the index the scope: only both together say whose it is.
    if not tokens.same(mark, index(keys, field_type, plain, scope)):
        raise NotAuthentic
    return bound, plain


def is_protected(text: str) -> bool:
    """Tell whether a text is spelled as a protected field, whatever is in it."""
    return _GRAMMAR.fullmatch(text) is not None


def index(keys: KeyRing, field_type: FieldType, plain: str, scope: str) -> str:
    """Return the 22 characters by which equal values are found within one scope."""
    key = keys.named("field-index")
    mark = suites.mac(Suite.AES, key, canonical([field_type.name, scope, plain]))
    return _spell(mark[:_INDEX_BYTES])


def _key(keys: KeyRing) -> bytes:
    return keys.named("field-cipher", Suite.AES.key_bytes)


def _bond(field_type: FieldType, mark: str) -> bytes:
    return canonical([field_type.name, mark])


def _spell(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise NotAuthentic from None
    if _spell(octets) != text:  # one value, one spelling
        raise NotAuthentic
    return octets
