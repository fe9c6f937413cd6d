"""Ids under which one party knows somebody: each party has others, and only we can turn one back.

AES-SIV (RFC 5297) under a named key: within one scope equal ids have equal aliases, in another
scope others, and a made-up alias opens nothing.
"""

import base64
import binascii
from binascii import b2a_base64
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing

_SAFE = bytes.maketrans(b"+/", b"-_")
_KEY_BYTES = 64  # AES-256-SIV takes two keys


def alias(keys: KeyRing, scope: str, known: str) -> str:
    """Return the alias of an id within a scope: letters, digits, `-` and `_`."""
    return maker(keys, scope)(known)


def maker(keys: KeyRing, scope: str) -> Callable[[str], str]:
    """Return what makes the aliases of a scope: for whoever makes many."""
    encrypt, bound = _cipher(keys).encrypt, [scope.encode()]

    def make(known: str) -> str:
        sealed = encrypt(known.encode(), bound)
        return b2a_base64(sealed, newline=False).translate(_SAFE, b"=").decode()

    return make


def known(keys: KeyRing, scope: str, given: str) -> str:
    """Return the id behind an alias of this scope, or raise NotAuthentic."""
    try:
        sealed = base64.urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4))
        return _cipher(keys).decrypt(sealed, [scope.encode()]).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise NotAuthentic from None


def _cipher(keys: KeyRing) -> AESSIV:
    return AESSIV(keys.named("aliases", _KEY_BYTES))
