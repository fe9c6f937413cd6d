"""Protected fields of buyers, in the anchor's grammar (protocol, section 5.1).

`<d>index<d>cipher<d>1<d><d>`, where the delimiter tells the type. The index is equal for equal
plain text within one scope, so that a seller may search and merge parcels without reading;
the cipher is bound to one order and never the same twice. Version 1 is AES-256-GCM with a
128-bit HMAC-SHA-256 index.
"""

import base64
import binascii
import re
from collections.abc import Callable
from enum import StrEnum

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import NONCE_BYTES, Suite
from shouyue.ground.kit.canonical import canonical, spelled
from shouyue.ground.kit.types import Dice

_VERSION = b"1"
_INDEX = "field-index"
_INDEX_BYTES = 16
_THROWN = 60
"""Nonces thrown at once: a page of twenty orders has three fields each."""

_SAFE = bytes.maketrans(b"+/", b"-_")
_GRAMMAR = re.compile(r"([#$~])([A-Za-z0-9_-]{22})\1([A-Za-z0-9_-]+)\1(?:1)\1\1")


class FieldType(StrEnum):
    """What kind of value is protected; the value of the member is its delimiter."""

    NAME = "#"
    PHONE = "$"
    ADDRESS = "~"


class Protector:
    """Protects many values of one scope: keys are worked in once, dice thrown in advance."""

    def __init__(self, keys: KeyRing, dice: Dice, scope: str) -> None:
        """`scope` is the seller and app."""
        self._index = keys.keyed(Suite.AES, _INDEX)
        self._sealer = suites.Sealer(_key(keys))
        self._dice = dice
        self._nonces: list[bytes] = []
        self._scope = scope

    def of(self, kind: FieldType) -> Callable[[str, str], str]:
        """Return what protects a value of one kind, given the value and its order."""
        # Spelled here as `canonical` spells them in `index` and `_bond`, piece by piece.
        front = f'["{kind.name}",{spelled(self._scope)},'
        bond = f'["{kind.name}","%b",%b]'.encode()
        d = kind.value.encode()
        form = b"%b%%b%b%%b%b%b%b%b" % (d, d, d, _VERSION, d, d)
        mac, seal, nonce = self._index.mac, self._sealer.seal, self._nonce

        def protect(plain: str, bound: str) -> str:
            message = f"{front}{spelled(plain)}]"
            mark = _spell(mac(message.encode())[:_INDEX_BYTES])
            order = spelled(bound).encode()
            return (
                form % (mark, _spell(seal(nonce(), plain.encode(), bond % (mark, order))))
            ).decode()

        return protect

    def _nonce(self) -> bytes:
        if not self._nonces:
            thrown = self._dice(NONCE_BYTES * _THROWN)
            self._nonces = [
                thrown[at : at + NONCE_BYTES] for at in range(0, len(thrown), NONCE_BYTES)
            ]
        return self._nonces.pop()


def protect(
    keys: KeyRing, field_type: FieldType, plain: str, bound: str, dice: Dice, *, scope: str
) -> str:
    """Return the protected form of one value: `bound` is the order, `scope` the seller and app."""
    return Protector(keys, dice, scope).of(field_type)(plain, bound)


def unprotect(keys: KeyRing, text: str, bound: str) -> str:
    """Return the plain text, or raise NotAuthentic for another order or anything altered."""
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise NotAuthentic
    field_type, mark, cipher = FieldType(found[1]), found[2], found[3]
    return suites.unseal(
        Suite.AES, _key(keys), _read(cipher), _bond(field_type, mark, bound)
    ).decode()


def index(keys: KeyRing, field_type: FieldType, plain: str, scope: str) -> str:
    """Return the 22 characters by which equal values are found within one scope."""
    mark = keys.keyed(Suite.AES, _INDEX).mac(canonical([field_type.name, scope, plain]))
    return _spell(mark[:_INDEX_BYTES]).decode()


def _key(keys: KeyRing) -> bytes:
    return keys.named("field-cipher", Suite.AES.key_bytes)


def _bond(field_type: FieldType, mark: str, bound: str) -> bytes:
    return canonical([field_type.name, mark, bound])


def _spell(octets: bytes) -> bytes:
    return binascii.b2a_base64(octets, newline=False).translate(_SAFE, b"=")


def _read(text: str) -> bytes:
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise NotAuthentic from None
    if _spell(octets).decode() != text:  # one value, one spelling
        raise NotAuthentic
    return octets
