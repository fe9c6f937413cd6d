"""Writes calls down in groups, off their way: the answer does not wait for its line.

Whoever kills the process loses the lines of the last 100 milliseconds at most; what calls come to,
sums by the hour and counts of limits, and whose they are (the trail), is written once a second.
Where the database cannot keep up, calls wait: memory is bounded and no line is dropped.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from shouyue.ground.kit.errors import named
from shouyue.ground.store.service import Store
from shouyue.platform.apps import uses
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.meter import Meter
from shouyue.platform.quotas.types import Settled, Tally
from shouyue.platform.traffic import service as traffic
from shouyue.platform.traffic.types import Made

_EVERY, _SUMS_EVERY = 0.05, 1.0  # an app's sums once in a group, however often it called
_FEW = 100  # calls that are not worth a wait for their sums
_AGAIN = 1.0
_MOST = 20_000
_log = structlog.get_logger("shouyue.gateway")


class AccessLog:
    """One per event loop."""

    def __init__(self, store: Store, *, most: int = _MOST) -> None:
        """Write to this store; `most` lines wait in memory."""
        self.wear, self.meter = uses.Wear(), Meter()
        self._store = store
        self._most = most
        self._waiting: list[Made] = []
        self._unsummed: list[Made] = []
        self._sums_at = 0.0
        self._clerk: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    def take(self, call: Made) -> bool:
        """Take a line, and tell whether so many wait that the call has to `wait` too."""
        self._waiting.append(call)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.get_running_loop().create_task(self._work())
        return len(self._waiting) >= self._most

    async def wait(self) -> None:
        """Return when the lines that wait are written."""
        self._hurry.set()
        if self._clerk is not None:
            await asyncio.shield(self._clerk)

    async def close(self) -> None:
        """Write what is left."""
        self._hurry.set()
        if self._clerk is not None and not self._clerk.done():
            await self._clerk
        await self._work(0.0)

    async def _work(self, every: float = _EVERY) -> None:
        loop, self._hurry = asyncio.get_running_loop(), asyncio.Event()
        while self._waiting or self._unsummed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), every)
            is_due = not every or self._hurry.is_set() or loop.time() >= self._sums_at
            self._hurry.clear()
            group, self._waiting = self._waiting, []
            whole = self._unsummed + group
            summed = whole if is_due or len(whole) <= _FEW else []
            if not group and not summed:
                continue
            tallies = self.meter.tallies() if summed else []
            settled = await asyncio.to_thread(self._write, group, summed, tallies)
            if settled is None:
                self.meter.keep(tallies)
                self._waiting = group + self._waiting
                await asyncio.sleep(_AGAIN)
                continue
            self.meter.adopt(tallies, settled)
            self._unsummed = [] if summed else whole
            self._sums_at = loop.time() + _SUMS_EVERY if summed else self._sums_at

    def _write(
        self, group: list[Made], summed: list[Made], tallies: Sequence[Tally]
    ) -> Sequence[Settled] | None:
        try:
            with self._store.begin() as db:
                traffic.record(db, group)
                traffic.add_up(db, summed)
                uses.write(db, worn := self.wear.waiting())
                settled = quotas.settle(db, tallies)
        except Exception as error:  # noqa: BLE001 - whatever the database says, try again
            _log.error("gateway.not-logged", error=named(error), count=len(group))
            return None
        self.wear.written(worn)
        return settled
