"""The token by which a key service knows us: looked at once, and renewed before it ends.

Servers call `keep` every few seconds; most calls do nothing. A token that is not renewed, because
it may not be or has reached the most that its maker allowed, is told of in time for a new one.
Source: `auth/token/lookup-self` and `renew-self` of OpenBao and Vault. Clause 5.1.1.
"""

import math
from collections.abc import Callable
from time import monotonic

import structlog

from shouyue.privacy.egress.keyline import FORBIDDEN, LOOK, Denied, Line, Unfit, unheard

_log = structlog.get_logger("shouyue.keys")
_RENEW = "auth/token/renew-self"
_NEAR = 72 * 3600.0
"""Seconds before the end at which somebody has to hear that the token is not renewed."""

_SHARE = 2
"""A renewal is due when this part of the time is over: there is time for others if it fails."""

_LENGTHENED = 1.5
"""A renewal that gives less than this much more than was left is one at the end of all."""

_SOON, _LATER = 10.0, 3600.0


class Token:
    """The life of our token. One thread at a time."""

    def __init__(
        self,
        line: Line,
        ending: Callable[[str], None] = unheard,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Ask nothing yet. `ending` hears, and why, when a token will end that is not renewed."""
        self._line = line
        self._ending = ending
        self._clock = clock
        self._due = -math.inf
        self._ends: float | None = None
        self._renewable = False

    def keep(self) -> None:
        """Look at the token or renew it if it is time; never raises. Failures are tried again."""
        if self._clock() < self._due:
            return
        try:
            if self._ends is None:
                self._look()
            else:
                self._renew(self._ends - self._clock())
        except Unfit as error:
            self._not_kept(str(error), refused=error.status == FORBIDDEN)
        except Denied:
            self._not_kept("denied", refused=True)
        except (KeyError, TypeError, ValueError):
            self._not_kept("form", refused=True)

    def _look(self) -> None:
        found = self._line.tell(LOOK)["data"]
        left, self._renewable = float(found["ttl"]), bool(found.get("renewable"))
        if left <= 0:  # as a token of the root policy says: it never ends
            self._due = math.inf
            return
        self._lives(left)
        if not self._renewable:
            self._near(left, "not-renewable")

    def _renew(self, before: float) -> None:
        if not self._renewable:
            self._due = self._clock() + max(before / _SHARE, _LATER)
            self._near(before, "not-renewable")
            return
        told = self._line.tell(_RENEW, {})["auth"]
        left, self._renewable = float(told["lease_duration"]), bool(told.get("renewable"))
        self._lives(left)
        if left < _LENGTHENED * before:
            self._near(left, "longest")

    def _lives(self, left: float) -> None:
        now = self._clock()
        self._ends, self._due = now + left, now + max(left / _SHARE, _SOON)

    def _not_kept(self, why: str, *, refused: bool) -> None:
        left = 0.0 if self._ends is None else self._ends - self._clock()
        again = min(max(left / _SHARE, _SOON), _LATER)
        # Who said no, or has seen the token end, will hardly say otherwise in seconds.
        is_over = left <= 0 and (refused or self._ends is not None)
        self._due = self._clock() + (_LATER if is_over else again)
        if self._ends is not None or refused:  # a service that was only silent is told of by itself
            self._near(left, why)

    def _near(self, left: float, why: str) -> None:
        if left < _NEAR:
            _log.warning("keys.token-ends", why=why, hours=round(left / 3600, 1))
            self._ending(why)
