"""Kept connections to one server. The busiest stay warm, the rest are let go.

No proxy, no cookie, no redirect, no environment. A question is sent a second time only where its
caller says that it may be, once, and only if the connection closed before any answer began.
"""

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.line import Back, Line
from shouyue.doors.wire.types import Pieces

_LARGEST = 8 * 1024 * 1024
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one server a pool takes. Times in seconds, sizes in octets."""

    connections: int = 200
    waiting: int = 1_000
    idle: float = 15.0
    largest: int = _LARGEST


class Pool:
    """Asks one server. Serves one event loop."""

    def __init__(
        self, base_url: str, limits: Limits | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Open nothing yet. `tls` is for https; its authorities are the caller's choice."""
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an http or https address is needed")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = tls if parts.scheme == "https" else None
        if parts.scheme == "https" and tls is None:
            raise ValueError("https needs a TLS context")
        self._head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode()
        self._base = parts.path.rstrip("/").encode()
        self._limits = limits or Limits()
        self._idle: list[Line] = []
        self._count = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._asking: set[Line] = set()
        self._look: asyncio.TimerHandle | None = None
        self._next_look = _NEVER

    async def post(
        self,
        path: bytes,
        headers: bytes,
        body: bytes | Pieces,
        seconds: float,
        *,
        again: bool = False,
    ) -> Back:
        """Return status and body of one POST within so many seconds in all, or raise NoAnswer.

        `headers` are whole lines with their ends, without Host and Content-Length. `again`: what it
        asks for may be done twice.
        """
        question = b"POST %b%b%b%bContent-Length: %d\r\n\r\n%b" % (
            self._base,
            path,
            self._head,
            headers,
            len(body),
            body if isinstance(body, bytes) else b"",
        )
        rest = None if isinstance(body, bytes) else body
        loop = asyncio.get_running_loop()
        now = loop.time()
        deadline = now + seconds
        while True:
            line = self._warm(now) or await self._take(deadline)
            line.deadline = deadline
            self._asking.add(line)
            if deadline < self._next_look:
                self._look_at(deadline, loop)
            try:
                return await line.ask(question, self._limits.largest, rest)
            except asyncio.CancelledError:
                line.close()  # the answer may still come, and would be taken for the next one's
                raise
            except NoAnswer as no:
                if no.sent and (no.begun or not again):
                    raise
                again = again and not no.sent
            finally:
                self._asking.discard(line)
                self._give(line, loop.time())

    async def close(self) -> None:
        """Let all idle connections go; those in use go when they are given back."""
        self._limits = Limits(idle=0.0)
        while self._idle:
            self._idle.pop().close()
        if self._look is not None:
            self._look.cancel()

    def _look_at(self, deadline: float, loop: asyncio.AbstractEventLoop) -> None:
        """Look for late answers then: one timer for all, where each call would make its own."""
        if self._look is not None:
            self._look.cancel()
        self._next_look = deadline
        self._look = loop.call_at(deadline, self._hang_up_late, loop)

    def _hang_up_late(self, loop: asyncio.AbstractEventLoop) -> None:
        self._look, self._next_look, now = None, _NEVER, loop.time()
        for line in [one for one in self._asking if one.deadline <= now]:
            line.fail("timeout")
            self._asking.discard(line)
        if self._asking:
            self._look_at(min(one.deadline for one in self._asking), loop)

    def _warm(self, now: float) -> Line | None:
        """Return a kept connection if one may be used at once."""
        if self._count >= self._limits.connections:
            return None
        while self._idle:
            line = self._idle.pop()
            if line.open and now - line.idle_since < self._limits.idle:
                self._count += 1
                return line
            line.close()
        return None

    async def _take(self, deadline: float) -> Line:
        await self._turn(deadline)
        self._count -= 1  # the turn is ours, and nobody runs in between
        if line := self._warm(asyncio.get_running_loop().time()):
            return line
        self._count += 1
        # No asyncio.timeout: it wants a task, and a call is none (`running.Run`).
        connecting = asyncio.get_running_loop().create_task(self._connect())
        try:
            await _until(connecting, deadline)
            return connecting.result()
        except OSError:  # ssl.SSLError is one
            self._leave()
            raise NoAnswer("connect", sent=False) from None
        except BaseException:
            self._leave()
            connecting.cancel()
            raise

    async def _connect(self) -> Line:
        loop = asyncio.get_running_loop()
        name = self._host if self._tls else None
        _, line = await loop.create_connection(
            Line, self._host, self._port, ssl=self._tls, server_hostname=name
        )
        return line

    async def _turn(self, deadline: float) -> None:
        """Wait until fewer than the most connections are in use, first come first served."""
        if self._count < self._limits.connections:
            self._count += 1
            return
        if len(self._queue) >= self._limits.waiting:
            raise NoAnswer("busy", sent=False)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            await _until(place, deadline)
        except BaseException:
            self._withdraw(place)
            raise

    def _withdraw(self, place: asyncio.Future[None]) -> None:
        with suppress(ValueError):
            self._queue.remove(place)
            return
        self._leave()  # the turn came in the same moment: the next one has it

    def _give(self, line: Line, now: float) -> None:
        if line.open:
            line.idle_since = now
            self._idle.append(line)
        self._leave()

    def _leave(self) -> None:
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._count -= 1


async def _until(waited: asyncio.Future[Any], deadline: float) -> None:
    left = deadline - asyncio.get_running_loop().time()
    await asyncio.wait({waited}, timeout=max(left, 0.0))
    if not waited.done():
        raise NoAnswer("timeout", sent=False)
