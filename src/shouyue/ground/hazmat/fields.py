"""Protected fields of buyers, in the anchor's grammar (protocol, section 5.1).

`<d>index<d>cipher<d>1<d><d>`, where the delimiter tells the type. The index is equal for equal
plain text within one scope, so that a seller may search and merge parcels without reading;
the cipher holds its order beside the value and is never the same twice, so that it may be passed on
by itself. Spellings of one text that differ only in their Unicode form (NFC) share an index; what
is opened is the spelling that was sealed.

Version 1 is AES-256-GCM with a 128-bit HMAC-SHA-256 index.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring as spell
from operator import add

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shouyue.ground.hazmat import suites, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.canonical import canonical, spelled
from shouyue.ground.kit.types import Dice

_VERSION = "1"
_INDEX, _CIPHER = "field-index", "field-cipher"
_INDEX_BYTES = 16
_GRAMMAR = re.compile(r"([#$~])([A-Za-z0-9_-]{22})\1([A-Za-z0-9_-]+)\1(?:1)\1\1")


class FieldType(StrEnum):
    """What kind of value is protected; the value of the member is its delimiter."""

    NAME = "#"
    PHONE = "$"
    ADDRESS = "~"


def protect(
    keys: KeyRing, dice: Dice, kind: FieldType, values: Sequence[tuple[str, str]], scope: str
) -> list[str]:
    """Return values of one kind, each given with its order, as protected fields.

    `scope` is the seller and app. All values of a page come in one call: the way to the system's
    dice is long, and half of what is done can be done for many at once.
    """
    # Spelled here as `canonical` spells [kind, scope, plain] and the bond, piece by piece. One step
    # for all values, then the next: the processor keeps near what each needs.
    d, name = kind.value, kind.name
    front = f'["{name}",{spelled(scope)},'
    mac, seal = keys.keyed(Suite.AES, _INDEX).mac, _cipher(keys.named(_CIPHER)).encrypt
    marks = suites.spell(
        [mac(f"{front}{spelled(plain)}]".encode())[:_INDEX_BYTES] for plain, _ in values]
    )
    octets = dice(NONCE_BYTES * len(values))
    nonces = [octets[at : at + NONCE_BYTES] for at in range(0, len(octets), NONCE_BYTES)]
    # Not canonical: a name comes back as it was written, however it is found.
    inside = [f"[{spell(order)},{spell(plain)}]".encode() for plain, order in values]
    bonds = [f'["{name}","{mark}"]'.encode() for mark in marks]
    sealed = map(add, nonces, map(seal, nonces, inside, bonds))
    ciphers = suites.spell(sealed)
    return [
        f"{d}{mark}{d}{text}{d}{_VERSION}{d}{d}" for mark, text in zip(marks, ciphers, strict=True)
    ]


def unprotect(keys: KeyRing, text: str, *, scope: str) -> tuple[str, str]:
    """Return order and plain text; raise NotAuthentic for another scope or anything altered."""
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise NotAuthentic
    field_type, mark, cipher = FieldType(found[1]), found[2], found[3]
    bond = canonical([field_type.name, mark])
    bound, plain = json.loads(suites.unseal(Suite.AES, keys.named(_CIPHER), _read(cipher), bond))
    # The cipher names the order, the index the scope: only both together say whose it is.
    if not tokens.same(mark, index(keys, field_type, plain, scope)):
        raise NotAuthentic
    return bound, plain


def is_protected(text: str) -> bool:
    """Tell whether a text is spelled as a protected field, whatever is in it."""
    return _GRAMMAR.fullmatch(text) is not None


def index(keys: KeyRing, field_type: FieldType, plain: str, scope: str) -> str:
    """Return the 22 characters by which equal values are found within one scope."""
    message = canonical([field_type.name, scope, plain])
    return suites.spell([keys.keyed(Suite.AES, _INDEX).mac(message)[:_INDEX_BYTES]])[0]


@lru_cache(maxsize=1)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _read(text: str) -> bytes:
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise NotAuthentic from None
    if suites.spell([octets]) != [text]:  # one value, one spelling
        raise NotAuthentic
    return octets
