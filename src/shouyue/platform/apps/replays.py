"""Each nonce once: who signs a `nonce` with the call cannot have it sent again by somebody else.

The protocol has no nonce, so only calls that carry one are held to it; it is signed, so nobody can
take it off. Remembered in the memory of one process, for as long as a timestamp is taken.
"""

import re
from datetime import UTC, datetime, timedelta

from shouyue.platform.apps.errors import NonceUnfit, Replayed
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_FIT = re.compile(r"[A-Za-z0-9._~-]{8,64}")
_MOST = 200_000
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class _Seen:
    """The nonces of one app: those of this window and of the one before."""

    def __init__(self) -> None:
        self.now: set[str] = set()
        self.before: set[str] = set()
        self.since = _BEGINNING


class Replays:
    """One per gateway, used from its event loop alone."""

    def __init__(self, window: timedelta) -> None:
        """Remember for `window` at least, and twice that at most."""
        self._window = window
        self._apps: dict[str, _Seen] = {}

    @control(Clause.C5_1_1, says="A call that carries a nonce is taken once.")
    def check(self, app: str, nonce: str, at: datetime) -> None:
        """Return for no nonce or a new one; raise NonceUnfit, or Replayed for one seen before.

        An app that sends more than 200,000 in a window is remembered for a shorter one; it alone.
        """
        if not nonce:
            return
        if not _FIT.fullmatch(nonce):
            raise NonceUnfit
        seen = self._apps.setdefault(app, _Seen())
        if at - seen.since >= self._window or len(seen.now) >= _MOST:
            kept = at - seen.since < 2 * self._window
            seen.before, seen.now, seen.since = seen.now if kept else set(), set(), at
        if nonce in seen.now or nonce in seen.before:
            raise Replayed
        seen.now.add(nonce)
