"""How the operator's systems and the platform know each other: a signature over time and body.

Headers `X-Shouyue-Timestamp` (epoch ms) and `X-Shouyue-Signature`, the hex HMAC-SHA256 of
`timestamp`, a line feed and the body, under the shared upstream secret.
"""

import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE_MS = 600_000


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature in hex."""
    return hmac.new(secret.encode(), f"{timestamp}\n".encode() + body, hashlib.sha256).hexdigest()


def headers(secret: str, now_ms: int, body: bytes) -> dict[str, str]:
    """Return the headers that go with a signed body."""
    timestamp = str(now_ms)
    return {
        "X-Shouyue-Timestamp": timestamp,
        "X-Shouyue-Signature": sign(secret, timestamp, body),
    }


def genuine(secret: str, given: Mapping[str, str], now_ms: int, body: bytes) -> bool:
    """Tell whether the headers fit the body and the time is near."""
    timestamp = given.get("x-shouyue-timestamp", "")
    signature = given.get("x-shouyue-signature", "")
    if not timestamp.isdecimal() or abs(int(timestamp) - now_ms) > TOLERANCE_MS:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body), signature)
