"""Asks the pot of limits that several gateways share: in groups, off the way of most calls.

While one question is under way the next group gathers. A pot that does not answer is asked again
each second, by nobody who waits for it.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Protocol

import structlog

from shouyue.doors.wire.errors import NoAnswer
from shouyue.platform.quotas.meter import Meter
from shouyue.platform.quotas.shares import Shares, Want
from shouyue.platform.quotas.types import Asked

ALONE = "quotas.alone"
"""The alarm when the pot does not answer: once, until it has answered again."""

_AGAIN = 1.0
_ROUNDS = 3
_log = structlog.get_logger("shouyue.gateway")


class Counters(Protocol):
    """Where the counts are: `doors.wire.counters.Counters`."""

    async def lease(self, wants: Sequence[Want]) -> Sequence[int]:
        """Return how many were given for each; raise NoAnswer, after a short while at most."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...


class Pot:
    """One per event loop."""

    def __init__(
        self,
        counters: Counters,
        note: Callable[[str, str], None],
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Ask these counters; `note` takes the kind and place of an alarm."""
        self._counters = counters
        self._note = note
        self._seconds = seconds
        self._shares = Shares()
        self._clerk: asyncio.Task[None] | None = None
        self._round: asyncio.Future[None] | None = None
        self._again_at = 0.0

    def serve(self, meter: Meter) -> None:
        """Let this meter count with the pot."""
        meter.shares = self._shares

    async def fill(self, meter: Meter, asked: Asked, at: datetime) -> None:
        """Return when the call may be counted: mostly at once, never after more than a moment."""
        for _ in range(_ROUNDS):
            lacking = meter.lacks(asked, at)
            if not self._shares.is_wanting or self._seconds() < self._again_at:
                return
            if self._round is None:
                self._round = asyncio.get_running_loop().create_future()
            if self._clerk is None or self._clerk.done():
                self._clerk = asyncio.get_running_loop().create_task(self._work())
            if not lacking:
                return
            await asyncio.shield(self._round)

    async def close(self) -> None:
        """Let the connection go."""
        if self._clerk is not None:
            await self._clerk
        await self._counters.close()

    async def _work(self) -> None:
        """Ask, then ask for what has gathered meanwhile."""
        while self._round is not None:
            done, self._round = self._round, None
            try:
                await self._ask(self._shares.wants())
            finally:
                done.set_result(None)

    async def _ask(self, wants: Sequence[Want]) -> None:
        try:
            given = await self._counters.lease(wants)
        except NoAnswer as no:
            self._again_at = self._seconds() + _AGAIN
            if self._shares.silent(wants):
                _log.warning("quotas.alone", why=no.why)
                self._note(ALONE, "redis")
            return
        if self._shares.is_alone:
            _log.warning("quotas.together")
        self._shares.given(wants, given)
