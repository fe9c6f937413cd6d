"""Pure decisions about staff: session ages, lockout, fit handles and passwords."""

import re
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=8)
TOUCH_EVERY = timedelta(seconds=60)
TRIES = 5
LOCK = timedelta(minutes=15)
CHALLENGE_LIFE = timedelta(minutes=5)
SESSION_RECORD = timedelta(days=365)
PASSWORD_LEAST = 12

_HANDLE = re.compile(r"[a-z0-9][a-z0-9-]{1,30}[a-z0-9]")


def alive(made: datetime, seen: datetime, at: datetime) -> bool:
    """Tell whether a session is inside both its idle and its absolute limit."""
    return at - seen < IDLE and at - made < LIFE


def fit(login: str, password: str) -> bool:
    """Tell whether handle and password are fit: the handle a word, so that it can be evidence."""
    return _HANDLE.fullmatch(login) is not None and len(password) >= PASSWORD_LEAST
