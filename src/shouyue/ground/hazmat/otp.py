"""One-time codes of staff: TOTP (RFC 6238), SHA-1, six digits, thirty seconds.

A code one step early or late is taken, for clocks that drift. No code is taken twice.
"""

import base64
from datetime import datetime

import pyotp

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.kit.types import Dice

STEP_SECONDS = 30
_SECRET_BYTES = 20


def new_secret(dice: Dice) -> str:
    """Return a fresh secret of 160 bits in base 32, the form that authenticator apps read."""
    return base64.b32encode(dice(_SECRET_BYTES)).decode()


def code_at(secret: str, at: datetime) -> str:
    """Return the code of a moment."""
    return _code(secret, _step(at))


def check_code(secret: str, code: str, at: datetime, after_step: int) -> int:
    """Return the step that the code belongs to, to be kept as the next `after_step`.

    Raises NotAuthentic for a wrong code and for one at or before `after_step` (used already).
    """
    now = _step(at)
    for step in (now, now - 1, now + 1):
        if step > after_step and tokens.same(_code(secret, step), code):
            return step
    raise NotAuthentic


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """Return the `otpauth:` address to draw as a QR code; `account` is an id, never a name."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)
