"""Writes releases down in groups: while one commit runs, the next group gathers.

Nothing that holds people's data leaves before its group is committed (clause 4.1, INV-22).
"""

import asyncio
from collections.abc import Sequence

import structlog

from shouyue.doors.gateway.errors import NotRecorded
from shouyue.ground.kit.errors import Refusal, named
from shouyue.ground.store.service import Store
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Release

_MOST = 200
_log = structlog.get_logger("shouyue.gateway")


class Desk:
    """One per event loop. A caller that goes away leaves its release recorded all the same."""

    def __init__(self, store: Store) -> None:
        """Write to this store."""
        self._store = store
        self._waiting: list[tuple[Release, asyncio.Future[str | Refusal]]] = []
        self._clerk: asyncio.Task[None] | None = None

    async def record(self, release: Release) -> None:
        """Return when the release is committed; raise its refusal, or NotRecorded."""
        done: asyncio.Future[str | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((release, done))
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._work())
        outcome = await done
        if isinstance(outcome, Refusal):
            raise outcome

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            outcomes = await asyncio.to_thread(self._write, [release for release, _ in group])
            for (_, done), outcome in zip(group, outcomes, strict=True):
                if not done.done():
                    done.set_result(outcome)

    def _write(self, releases: Sequence[Release]) -> Sequence[str | Refusal]:
        try:
            with self._store.begin() as db:
                return sharing.record_all(db, releases)
        except Exception as error:  # noqa: BLE001 - no record, no release, whatever the cause
            _log.error("gateway.not-recorded", error=named(error), count=len(releases))
            return [NotRecorded() for _ in releases]
