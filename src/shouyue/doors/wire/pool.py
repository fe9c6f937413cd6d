"""Kept connections to one server. The busiest stay warm, the rest are let go.

No proxy, no cookie, no redirect, no environment. A question is sent again only where it is safe:
on a kept connection that the server closed before it read a byte.
"""

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.line import Back, Line

_LARGEST = 8 * 1024 * 1024


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

    async def post(self, path: bytes, headers: bytes, body: bytes, seconds: float) -> Back:
        """Return status and body of one POST within so many seconds, or raise NoAnswer.

        `headers` are whole lines with their ends, without Host and Content-Length.
        """
        head = b"POST %b%b%b%bContent-Length: %d\r\n\r\n" % (
            self._base,
            path,
            self._head,
            headers,
            len(body),
        )
        question = head + body
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            line = await self._take(deadline)
            try:
                return await self._ask(line, question, deadline)
            except NoAnswer as no:
                if no.sent:
                    raise
            finally:
                self._give(line)

    async def close(self) -> None:
        """Let all idle connections go; those in use go when they are given back."""
        self._limits = Limits(idle=0.0)
        while self._idle:
            self._idle.pop().close()

    async def _ask(self, line: Line, question: bytes, deadline: float) -> Back:
        loop = asyncio.get_running_loop()
        answer = line.ask(question, self._limits.largest)
        late = loop.call_at(deadline, line.fail, "timeout")
        try:
            return await answer
        except asyncio.CancelledError:
            line.close()  # the answer may still come, and would be taken for the next one's
            raise
        finally:
            late.cancel()

    async def _take(self, deadline: float) -> Line:
        await self._turn(deadline)
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if line.open and now - line.idle_since < self._limits.idle:
                return line
            line.close()
        try:
            async with asyncio.timeout_at(deadline):
                return await self._connect()
        except TimeoutError:
            why = "timeout"
        except OSError:  # ssl.SSLError is one
            why = "connect"
        except BaseException:
            self._leave()
            raise
        self._leave()
        raise NoAnswer(why, sent=False) from None

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
            async with asyncio.timeout_at(deadline):
                await place
        except TimeoutError:
            self._withdraw(place)
            raise NoAnswer("timeout", sent=False) from None
        except BaseException:
            self._withdraw(place)
            raise

    def _withdraw(self, place: asyncio.Future[None]) -> None:
        with suppress(ValueError):
            self._queue.remove(place)
            return
        self._leave()  # the turn came in the same moment: the next one has it

    def _give(self, line: Line) -> None:
        if line.open:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.append(line)
        self._leave()

    def _leave(self) -> None:
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._count -= 1
