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
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from enum import StrEnum
from json.encoder import encode_basestring

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shouyue.ground.hazmat import suites, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.canonical import canonical, spelled
from shouyue.ground.kit.types import Dice

_VERSION = b"1"
_INDEX, _CIPHER = "field-index", "field-cipher"
_INDEX_BYTES = 16
_AT_ONCE = 64
_SAFE = bytes.maketrans(b"+/", b"-_")
_GRAMMAR = re.compile(r"([#$~])([A-Za-z0-9_-]{22})\1([A-Za-z0-9_-]+)\1(?:1)\1\1")


class FieldType(StrEnum):
    """What kind of value is protected; the value of the member is its delimiter."""

    NAME = "#"
    PHONE = "$"
    ADDRESS = "~"


class Protector:
    """Protects many values of one scope: keys are worked in once."""

    def __init__(self, keys: KeyRing, dice: Dice, scope: str) -> None:
        """`scope` is the seller and app."""
        self._index = keys.keyed(Suite.AES, _INDEX)
        self._seal = AESGCM(keys.named(_CIPHER)).encrypt
        self._nonces = _nonces(dice)
        self._scope = scope

    def of(self, kind: FieldType) -> Callable[[str, str], str]:
        """Return what protects a value of one kind, given the value and its order."""
        # Spelled here as `canonical` spells [kind, scope, plain] and `_bond`, piece by piece.
        front = f'["{kind.name}",{spelled(self._scope)},'
        bond = f'["{kind.name}","%b"]'.encode()
        d = kind.value.encode()
        form = b"%b%%b%b%%b%b%b%b%b" % (d, d, d, _VERSION, d, d)
        mac, seal, nonces = self._index.mac, self._seal, self._nonces

        def protect(plain: str, bound: str) -> str:
            # Not canonical: a name comes back as it was written, however it is found.
            written = encode_basestring(plain)
            message = f"{front}{written if plain.isascii() else spelled(plain)}]"
            mark = _spell(mac(message.encode())[:_INDEX_BYTES])
            nonce = next(nonces)
            inside = f"[{encode_basestring(bound)},{written}]".encode()
            sealed = seal(nonce, inside, bond % mark)
            return (form % (mark, _spell(nonce + sealed))).decode()

        return protect


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
    return _spell(keys.keyed(Suite.AES, _INDEX).mac(message)[:_INDEX_BYTES]).decode()


def _nonces(dice: Dice) -> Iterator[bytes]:
    """Yield fresh nonces, drawn for a page at once: the way to the system's dice is long."""
    while True:
        octets = dice(NONCE_BYTES * _AT_ONCE)
        yield from [octets[at : at + NONCE_BYTES] for at in range(0, len(octets), NONCE_BYTES)]


def _spell(octets: bytes) -> bytes:
    return b2a_base64(octets, newline=False).translate(_SAFE, b"=")


def _read(text: str) -> bytes:
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise NotAuthentic from None
    if _spell(octets).decode() != text:  # one value, one spelling
        raise NotAuthentic
    return octets
