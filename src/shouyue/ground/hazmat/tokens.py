"""Tokens and codes from the caller's dice, and comparison that takes the same time for any answer.

A minted token carries all its entropy, so a plain digest of it may be stored. A short code has
none to spare: store a MAC of it under a named key instead (`KeyRing.mac`).
"""

import base64
import hashlib
import hmac
from pathlib import Path

from shouyue.ground.kit.types import Dice

_UNBIASED = 250  # bytes from 250 on would favour the digits 0 to 5


def mint(dice: Dice, bytes_: int = 32) -> str:
    """Return a fresh token: so many random bytes in base64url without padding."""
    return base64.urlsafe_b64encode(dice(bytes_)).rstrip(b"=").decode()


def fingerprint(token: str) -> str:
    """Return the hex SHA-256 under which a high-entropy token is stored and looked up."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a code verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode(errors="surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def file_digest(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digits(dice: Dice, count: int = 6) -> str:
    """Return so many decimal digits, each equally likely."""
    found = ""
    while len(found) < count:
        found += "".join(str(byte % 10) for byte in dice(count) if byte < _UNBIASED)
    return found[:count]


def same(a: str | bytes, b: str | bytes) -> bool:
    """Tell whether two values are equal, without telling by time where they differ."""
    return hmac.compare_digest(_octets(a), _octets(b))


def _octets(value: str | bytes) -> bytes:
    return value.encode(errors="surrogatepass") if isinstance(value, str) else value
