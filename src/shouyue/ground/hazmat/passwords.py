"""Passwords of staff: argon2id (RFC 9106) with the profile of argon2-cffi.

One check takes time and 64 MiB by design, so no more than two run at once; others wait.
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shouyue.ground.hazmat.errors import NotAuthentic

_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the hash in the PHC string form, with its own salt and costs inside."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def check_password(hashed: str, password: str) -> None:
    """Return if the password is the one that was hashed; raise NotAuthentic otherwise."""
    try:
        with _AT_ONCE:
            _HASHER.verify(hashed, password)
    except (InvalidHashError, VerificationError):
        raise NotAuthentic from None
