"""What the gateway holds in memory of apps and tokens, so that a call asks no database.

A change is heard by bell (`forget`) in this process at once, and by the version row elsewhere
within `fresh_for`. What cannot be verified for a minute is not relied on.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

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
Held = Credentials | Pass | Refusal
_NOTHING: tuple[float, None] = (0.0, None)
_HOLDER = "\0"  # no appkey of a call has one: tokens and apps are held beside each other
_FOREVER = float("inf")


class Snapshot:
    """Answers who an app is and what a token stands for; unknown ones are remembered too."""

    def __init__(
        self, store: Store, fresh_for: float = 1.0, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Ask for the version every `fresh_for` seconds, at most."""
        self._store = store
        self._fresh_for = min(fresh_for, LONGEST)
        self._seconds = seconds
        self._held: dict[str, tuple[float, Held]] = {}
        self._generation = 0
        self._version = -1
        self._verified = -LONGEST
        self._asking: asyncio.Task[None] | None = None

    def forget(self) -> None:
        """Drop everything: an answer to `access.changed`, from any thread."""
        self._generation += 1
        self._held = {}

    async def credentials(self, appkey: str) -> Credentials:
        """Return what a call of this app is checked with, or raise NoApp."""
        found = await self._cold(appkey, lambda db: apps.credentials(db, appkey))
        if isinstance(found, Credentials):
            return found
        raise _anew(found)

    async def holder(self, token: str) -> Pass:
        """Return what an access token stands for, or raise TokenRefused."""
        key = oauth.fingerprint(token)
        found = await self._cold(_HOLDER + key, lambda db: oauth.look_up(db, token))
        if isinstance(found, Pass):
            return found
        raise _anew(found)

    def warm_credentials(self, appkey: str) -> Credentials | None:
        """Return the same at once where they are held and may be relied on now."""
        found = self._warm(appkey)
        return found if isinstance(found, Credentials) else None

    def warm_holder(self, token: str) -> Pass | None:
        """Return the same at once where it is held and may be relied on now."""
        found = self._warm(_HOLDER + oauth.fingerprint(token))
        return found if isinstance(found, Pass) else None

    def _warm(self, key: str) -> Held | None:
        now = self._seconds()
        if now - self._verified >= self._fresh_for:
            return None
        until, found = self._held.get(key, _NOTHING)
        return found if now < until else None

    async def _cold(self, key: str, load: Callable[[ReadSession], Held]) -> Held:
        await self._verify()
        until, found = self._held.get(key, _NOTHING)
        if found is not None and self._seconds() < until:
            return found
        generation, now = self._generation, self._seconds()
        found = await asyncio.to_thread(self._read, load)
        # What was read before a change must not be put back after it.
        if generation == self._generation:
            if len(self._held) >= _MOST:
                self._held = {}
            self._held[key] = (_FOREVER if _steady(found) else now + LONGEST, found)
        return found

    async def _verify(self) -> None:
        """Return when the version has been asked for lately: one asks, the others wait for it."""
        if self._seconds() - self._verified < self._fresh_for:
            return
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().create_task(self._ask())
        await asyncio.shield(self._asking)
        if self._seconds() - self._verified >= LONGEST:
            raise Stale

    async def _ask(self) -> None:
        now = self._seconds()
        try:
            version = await asyncio.to_thread(self._current)
        except Exception as error:  # noqa: BLE001 - whatever the database says, hold on or stop
            _log.warning("gateway.unverified", error=type(error).__name__)
            return
        if version != self._version:
            self.forget()
        self._version, self._verified = version, now

    def _read(self, load: Callable[[ReadSession], Held]) -> Held:
        try:
            with self._store.read() as db:
                return load(db)
        except Refusal as refusal:
            return refusal

    def _current(self) -> int:
        with self._store.read() as db:
            return apps.access_version(db)


def _steady(found: Held) -> bool:
    """Tell whether only a change that moves the version can make this wrong.

    An old secret beside the new one runs out by itself, and a refusal may be of what is not yet
    there. A token's end is looked at on each call.
    """
    if isinstance(found, Credentials):
        return len(found.sign_secrets) == 1
    return isinstance(found, Pass)


def _anew(found: Held) -> Exception:
    """Return a refusal to raise: what is held is raised many times, each with its own way."""
    return type(found)(**found.facts) if isinstance(found, Refusal) else TypeError("held")
