"""Signatures of API requests, as the anchor's clients make them (protocol, section 1.3).

The string that is signed is built from the values as received and decoded, byte for byte:
clients differ in how they spell the JSON in `param`, so nothing is ever parsed and written anew.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import Keyed, Suite

SIGNED = (
    "access_token",
    "appkey",
    "method",
    "nonce",
    "param",
    "signMethod",
    "timestamp",
    "version",
)
"""The parameters under the signature, those that are present; already in order.

`nonce` is ours: no client of the protocol sends one, and who does has it signed.
"""


class SignMethod(StrEnum):
    """The values of the request parameter `signMethod`."""

    MD5 = "MD5"
    HMAC_SHA256 = "HMAC_SHA256"


def base_string(params: Mapping[str, str], secret: str) -> str:
    """Return `key=value` of what is present, by key, joined by `&`, and the secret last."""
    present = [f"{key}={params[key]}" for key in SIGNED if key in params]
    return "&".join([*present, f"signSecret={secret}"])


def sign(method: SignMethod, params: Mapping[str, str], secret: str) -> str:
    """Return 32 lower-case hex characters for MD5, padded standard Base64 for HMAC_SHA256."""
    text = base_string(params, secret).encode(errors="surrogatepass")
    if method is SignMethod.MD5:
        # The protocol's weaker choice, kept for its clients; an app may be held to HMAC_SHA256.
        return hashlib.md5(text, usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()


class Verifier:
    """One secret made ready to check many requests."""

    def __init__(self, secret: str) -> None:
        """Check against this secret."""
        self._secret = secret
        self._keyed = Keyed(Suite.AES, secret.encode())

    def verify(self, method: SignMethod, params: Mapping[str, str], given: str) -> None:
        """Return if `given` is the signature, hex in either case; raise NotAuthentic otherwise."""
        if method is SignMethod.MD5:
            wanted, given = sign(method, params, self._secret), given.lower()
        else:
            text = base_string(params, self._secret).encode(errors="surrogatepass")
            wanted = binascii.b2a_base64(self._keyed.mac(text), newline=False).decode()
        if not tokens.same(wanted, given):
            raise NotAuthentic
