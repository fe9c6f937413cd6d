"""Listens on an address with plain asyncio, and stops without cutting anybody off."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.crowd import Crowd
from shouyue.doors.wire.listener import Listener
from shouyue.doors.wire.proxies import Proxies
from shouyue.doors.wire.types import Desk

_BACKLOG = 2048
_GREETING_SECONDS = 10.0


class Server:
    """One address, one desk, one event loop."""

    def __init__(
        self,
        desk: Desk,
        clock: Callable[[], datetime],
        bounds: Bounds | None = None,
        trusted: Proxies | None = None,
    ) -> None:
        """`clock` dates answers and decides nothing; `trusted` are proxies that say who came."""
        self.desk = desk
        self.trusted = trusted or Proxies()
        self.bounds = bounds or Bounds()
        self.date = b""
        self.bodies = 0
        self._here: set[Listener] = set()
        self._crowd = Crowd(self.bounds.lines, self.bounds.each, self.trusted)
        self._empty = asyncio.Event()
        self._clock = clock
        self._listening: asyncio.Server | None = None
        self._tick: asyncio.TimerHandle | None = None

    async def open(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen, and return the port: a free one where 0 was asked for."""
        loop = asyncio.get_running_loop()
        self._date_anew()
        self._listening = await loop.create_server(
            lambda: Listener(self),
            host,
            port,
            backlog=_BACKLOG,
            ssl=tls,
            # Until it has agreed on keys a line is in nobody's count.
            ssl_handshake_timeout=_GREETING_SECONDS if tls else None,
        )
        return int(self._listening.sockets[0].getsockname()[1])

    async def close(self, seconds: float = 10.0) -> None:
        """Take no more connections; let those that are answered be answered, for so long."""
        if self._listening is None:
            return
        self._listening.close()
        for one in list(self._here):
            one.finish()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds if self._here else 0):
                await self._empty.wait()
        for one in list(self._here):
            one.abort()
        if self._tick is not None:
            self._tick.cancel()

    def came(self, one: Listener, peer: str) -> int:
        """Remember a connection; return 0, or the status that says why there is no room for it."""
        self._here.add(one)
        self._empty.clear()
        return self._crowd.came(peer)

    def went(self, one: Listener, peer: str) -> None:
        """Forget it."""
        self._here.discard(one)
        self._crowd.went(peer)
        if not self._here:
            self._empty.set()

    def _date_anew(self) -> None:
        self.date = f"Date: {format_datetime(self._clock(), usegmt=True)}\r\n".encode()
        self._tick = asyncio.get_running_loop().call_later(1.0, self._date_anew)
