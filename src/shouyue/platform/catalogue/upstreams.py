"""How the platform and the operator's systems know each other: a signature over time and body.

The headers carry epoch milliseconds and the hex HMAC-SHA256 of that number, a line feed and the
body, under the secret that both sides hold. Upstream routes, the directory of shops and the event
intake use it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime

from shouyue.ground.hazmat import suites, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import Keyed, Suite

TIMESTAMP, SIGNATURE = "X-Shouyue-Timestamp", "X-Shouyue-Signature"
_TOLERANCE_MS = 600_000
_DIGITS = 13  # epoch milliseconds until the year 2286


class Signer:
    """The secret made ready to sign many bodies."""

    def __init__(self, secret: str) -> None:
        """Sign with this secret."""
        self._keyed = Keyed(Suite.AES, secret.encode())

    def headers(self, at: datetime, body: bytes) -> Mapping[str, str]:
        """Return the headers that go with a body sent at this moment."""
        timestamp = str(int(at.timestamp() * 1000))
        mark = self._keyed.mac(timestamp.encode() + b"\n" + body).hex()
        return {TIMESTAMP: timestamp, SIGNATURE: mark}

    async def headers_of(self, at: datetime, pieces: Iterable[bytes]) -> Mapping[str, str]:
        """Return the same for a body that comes in pieces; others go on between them."""
        timestamp = str(int(at.timestamp() * 1000))
        mark = self._keyed.begin()
        mark.update(timestamp.encode() + b"\n")
        for piece in pieces:
            mark.update(piece)
            await asyncio.sleep(0)
        return {TIMESTAMP: timestamp, SIGNATURE: mark.finalize().hex()}


def signed_headers(secret: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers that go with one body sent at this moment."""
    return Signer(secret).headers(at, body)


def check(secret: str, headers: Mapping[str, str], at: datetime, body: bytes) -> None:
    """Return if the headers fit the body and are within ten minutes of `at`; raise NotAuthentic.

    Header names may come in any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get(TIMESTAMP.lower(), "")
    if not (timestamp.isascii() and timestamp.isdecimal()) or len(timestamp) > _DIGITS:
        raise NotAuthentic
    if abs(int(timestamp) - at.timestamp() * 1000) > _TOLERANCE_MS:
        raise NotAuthentic
    if not tokens.same(_sign(secret, timestamp, body), given.get(SIGNATURE.lower(), "")):
        raise NotAuthentic


def _sign(secret: str, timestamp: str, body: bytes) -> str:
    return suites.mac(Suite.AES, secret.encode(), timestamp.encode() + b"\n" + body).hex()
