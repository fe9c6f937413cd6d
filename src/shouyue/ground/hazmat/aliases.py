"""Ids under which one party knows somebody: each party has others, and only we can turn one back.

AES-SIV (RFC 5297) under a named key: within one scope equal ids have equal aliases, in another
scope others, and a made-up alias opens nothing.
"""

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing

_KEY_BYTES = 64  # AES-256-SIV takes two keys


def alias(keys: KeyRing, scope: str, known: str) -> str:
    """Return the alias of an id within a scope: letters, digits, `-` and `_`."""
    return of_all(keys, scope, [known])[0]


def of_all(keys: KeyRing, scope: str, known: Iterable[str]) -> list[str]:
    """Return the alias of each id within a scope, in the order given."""
    encrypt, bound = _cipher(keys.named("aliases", _KEY_BYTES)).encrypt, [scope.encode()]
    return suites.spell([encrypt(one.encode(), bound) for one in known])


def known(keys: KeyRing, scope: str, given: str) -> str:
    """Return the id behind an alias of this scope, or raise NotAuthentic."""
    try:
        sealed = base64.urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4))
        cipher = _cipher(keys.named("aliases", _KEY_BYTES))
        return cipher.decrypt(sealed, [scope.encode()]).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise NotAuthentic from None


@lru_cache(maxsize=1)  # to make one takes as long as seven aliases
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)
