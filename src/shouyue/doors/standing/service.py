"""What the gateway holds in memory of apps and tokens, so that a call asks no database.

A change is heard by bell (`forget`) in this process at once, and by the version row elsewhere
within `fresh_for`; only what is held of the app that changed is forgotten. What cannot be verified
for a minute is not relied on. Where memory is full the longest held goes first.
"""

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from time import monotonic

import structlog

from shouyue.doors.standing.asking import Asking
from shouyue.doors.standing.errors import Stale
from shouyue.ground.kit.errors import Refusal, named
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import NoApp
from shouyue.platform.apps.types import Changes, Credentials
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import TokenRefused
from shouyue.platform.oauth.types import Pass

LONGEST = 60.0
_PAUSE = 0.05
"""Seconds between two looks for apps that are not known: all strangers between wait for one."""
_MOST_WAITING = 8
_MOST, _MOST_REFUSED = 400_000, 20_000
_log = structlog.get_logger("shouyue.gateway")
Held = Credentials | Pass | Refusal
_Kept = tuple[float, int, Held]
"""Until when it may be relied on, and how many changes had been heard before it was read."""
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
        self._held: dict[str, _Kept] = {}
        self._refused: dict[str, _Kept] = {}
        self._appkeys: set[str] = set()
        self._changes = 0
        self._changed: dict[str, int] = {}
        self._floor = 0
        self._lock = threading.Lock()
        self._version = -1
        self._verified = -LONGEST
        self._asking: asyncio.Task[None] | None = None
        self._look: asyncio.Task[None] | None = None
        self._waiting = 0
        self._tokens = Asking(self._tokens_there)

    def forget(self, app_id: str = "") -> None:
        """Drop what is held of an app, or everything: from any thread."""
        with self._lock:
            self._changes += 1
            if app_id and len(self._changed) < _MOST:
                self._changed[app_id] = self._changes
            else:
                self._floor, self._changed = self._changes, {}

    async def credentials(self, appkey: str) -> Credentials:
        """Return what a call of this app is checked with, or raise NoApp."""
        found = self._warm(appkey)
        if found is None and await self._is_stranger(appkey):
            raise NoApp
        found = found or await self._cold(appkey, lambda db: apps.credentials(db, appkey))
        if isinstance(found, Credentials):
            return found
        raise _anew(found)

    async def holder(self, token: str) -> Pass:
        """Return what an access token stands for, or raise TokenRefused."""
        mark = oauth.fingerprint(token)
        found: Held | None = await self._known(_HOLDER + mark)
        if found is None and not await self._tokens.has(mark):
            raise TokenRefused
        found = found or await self._cold(_HOLDER + mark, lambda db: oauth.look_up(db, token))
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
        kept = self._held.get(key)
        if kept is not None and kept[1] == self._changes and now < kept[0]:
            return kept[2]  # nothing has changed since, as mostly
        return self._kept(key, now)

    def _kept(self, key: str, now: float) -> Held | None:
        kept = self._held.get(key) or self._refused.get(key)
        if kept is None:
            return None
        until, read_at, found = kept
        return found if now < until and self._stands(read_at, found) else None

    def _stands(self, read_at: int, found: Held) -> bool:
        """Tell whether no change was heard since that this could be wrong after."""
        if read_at == self._changes:
            return True
        if isinstance(found, Refusal) or read_at < self._floor:
            return False
        return read_at >= self._changed.get(found.app_id, 0)

    async def _known(self, key: str) -> Held | None:
        await self._verify()
        return self._kept(key, self._seconds())

    async def _cold(self, key: str, load: Callable[[ReadSession], Held]) -> Held:
        if (kept := await self._known(key)) is not None:
            return kept
        now = self._seconds()
        read_at = self._changes
        found = await asyncio.to_thread(self._read, load)
        # What was read before a change must not be taken for what is after it.
        if self._stands(read_at, found):
            self._keep(key, (_FOREVER if _steady(found) else now + LONGEST, read_at, found))
        return found

    def _keep(self, key: str, kept: _Kept) -> None:
        """Hold it; strangers, who are held to be refused again, push nobody else out."""
        is_no = isinstance(kept[2], Refusal)
        held, other = (self._refused, self._held) if is_no else (self._held, self._refused)
        other.pop(key, None)
        held.pop(key, None)
        if len(held) >= (_MOST_REFUSED if is_no else _MOST):
            del held[next(iter(held))]
        held[key] = kept

    async def _is_stranger(self, appkey: str) -> bool:
        """Tell whether no app has this key, without a question of its own for each stranger.

        Where many wait already, more are strangers by what is known, `fresh_for` old at most.
        """
        if appkey in self._appkeys:
            return False
        if self._waiting >= _MOST_WAITING and self._seconds() - self._verified < self._fresh_for:
            return True
        if self._look is None or self._look.done():
            self._look = asyncio.get_running_loop().create_task(self._look_soon())
        self._waiting += 1
        try:
            await asyncio.shield(self._look)
        finally:
            self._waiting -= 1
        if self._seconds() - self._verified >= LONGEST:
            raise Stale
        return appkey not in self._appkeys

    async def _look_soon(self) -> None:
        """Ask what is new, after a pause; a question under way may be older than who waits."""
        await asyncio.sleep(self._verified + _PAUSE - self._seconds())
        if self._asking is not None:
            await self._asking
        self._look = None
        self._asking = asyncio.get_running_loop().create_task(self._ask())
        await self._asking

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
            told = await asyncio.to_thread(self._moved)
        except Exception as error:  # noqa: BLE001 - whatever the database says, hold on or stop
            _log.warning("gateway.unverified", error=named(error))
            return
        if told.apps is None:
            self.forget()
            self._appkeys = set()
        self._appkeys.update(told.appkeys)
        for app in told.apps or ():
            self.forget(app)
        self._version, self._verified = told.version, now

    def _read(self, load: Callable[[ReadSession], Held]) -> Held:
        try:
            with self._store.read() as db:
                return load(db)
        except Refusal as refusal:
            return refusal

    def _tokens_there(self, marks: Sequence[str]) -> Collection[str]:
        with self._store.read() as db:
            return oauth.known(db, marks)

    def _moved(self) -> Changes:
        with self._store.read() as db:
            return apps.changes(db, self._version)


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
