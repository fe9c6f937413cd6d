"""What the gateway holds in memory of apps and tokens, so that a call asks no database.

A change is heard by bell (`forget`) in this process at once, and by the version row elsewhere
within `fresh_for`. What cannot be verified for a minute is not relied on.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

import structlog

from shouyue.doors.gateway.errors import Stale
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import Credentials
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.types import Pass

LONGEST = 60.0
_MOST = 100_000
_log = structlog.get_logger("shouyue.gateway")
T = TypeVar("T", Credentials, Pass)


class Snapshot:
    """Answers who an app is and what a token stands for; unknown ones are remembered too."""

    def __init__(
        self, store: Store, fresh_for: float = 1.0, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Ask for the version every `fresh_for` seconds, at most."""
        self._store = store
        self._fresh_for = min(fresh_for, LONGEST)
        self._seconds = seconds
        self._held: dict[str, tuple[float, Credentials | Pass | Refusal]] = {}
        self._generation = 0
        self._version = -1
        self._verified = -LONGEST

    def forget(self) -> None:
        """Drop everything: an answer to `access.changed`, from any thread."""
        self._generation += 1
        self._held = {}

    async def credentials(self, appkey: str) -> Credentials:
        """Return what a call of this app is checked with, or raise NoApp."""
        return await self._get(
            f"app:{appkey}", Credentials, lambda db: apps.credentials(db, appkey)
        )

    async def holder(self, token: str) -> Pass:
        """Return what an access token stands for, or raise TokenRefused."""
        mark = oauth.fingerprint(token)
        return await self._get(f"token:{mark}", Pass, lambda db: oauth.look_up(db, token))

    async def _get(self, key: str, kind: type[T], load: Callable[[ReadSession], T]) -> T:
        await self._verify()
        since, found = self._held.get(key, (0.0, None))
        if found is None or self._seconds() - since >= LONGEST:
            found = await self._load(key, load)
        if isinstance(found, Refusal):
            raise type(found)(**found.facts)
        if not isinstance(found, kind):
            raise TypeError(key.partition(":")[0])
        return found

    async def _load(self, key: str, load: Callable[[ReadSession], T]) -> T | Refusal:
        generation, now = self._generation, self._seconds()
        found = await asyncio.to_thread(self._read, load)
        # What was read before a change must not be put back after it.
        if generation == self._generation:
            if len(self._held) >= _MOST:
                self._held = {}
            self._held[key] = (now, found)
        return found

    async def _verify(self) -> None:
        now = self._seconds()
        if now - self._verified < self._fresh_for:
            return
        try:
            version = await asyncio.to_thread(self._current)
        except Exception as error:  # noqa: BLE001 - whatever the database says, hold on or stop
            _log.warning("gateway.unverified", error=type(error).__name__)
            if now - self._verified >= LONGEST:
                raise Stale from None
            return
        if version != self._version:
            self.forget()
        self._version, self._verified = version, now

    def _read(self, load: Callable[[ReadSession], T]) -> T | Refusal:
        try:
            with self._store.read() as db:
                return load(db)
        except Refusal as refusal:
            return refusal

    def _current(self) -> int:
        with self._store.read() as db:
            return apps.access_version(db)
