"""A client of our own HTTP server over a real socket, and a desk that repeats what it heard."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.proxies import Proxies
from shouyue.doors.wire.server import Server
from shouyue.doors.wire.types import Answer, Call

Talk = Callable[["Line"], Awaitable[None]]

GET = b"GET /open/a?b=%20c HTTP/1.1\r\nHost: h\r\nX-One: 1\r\n\r\n"


class Desk:
    """Repeats what it heard; waits where the path says so."""

    def __init__(self) -> None:
        self.heard: list[Call] = []
        self.go = asyncio.Event()

    def largest(self, path: str) -> int:
        return 10 if path.startswith("/small") else 1000

    def taker(self, headers: Mapping[str, str]) -> None:
        del headers

    async def answer(self, call: Call) -> Answer:
        self.heard.append(call)
        if call.path == "/wait":
            await self.go.wait()
        body = b"x" * 200_000 if call.path == "/much" else call.path.encode() + b"|" + call.body
        return Answer(200, body, {"Content-Type": "text/plain"})

    def refuse(self, status: int, path: str) -> Answer:
        return Answer(status, f"{status} {path}".encode(), {})


class Line:
    """A client's connection."""

    def __init__(
        self, desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.desk, self.send, self._reader, self._writer = desk, writer.write, reader, writer

    @classmethod
    async def to(cls, desk: Desk, port: int) -> "Line":
        return cls(desk, *await asyncio.open_connection("127.0.0.1", port))

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Read one answer: status, headers, body."""
        head = (await self.head()).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await self._reader.readexactly(int(headers["content-length"]))
        return int(first.split()[1]), headers, body

    async def head(self) -> bytes:
        return await self._reader.readuntil(b"\r\n\r\n")

    async def is_over(self) -> bool:
        """Whether nothing more comes."""
        return await self._reader.read() == b""

    async def drain(self) -> None:
        await self._writer.drain()

    def say_no_more(self) -> None:
        """Close our half of the line."""
        self._writer.write_eof()

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def talk(scene: Talk, bounds: Bounds | None = None, *, trusted: tuple[str, ...] = ()) -> Desk:
    """Open a server, connect to it once, and talk."""

    async def run() -> Desk:
        desk = Desk()
        now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        server = Server(desk, lambda: now, bounds, Proxies(trusted))
        line = await Line.to(desk, await server.open("127.0.0.1", 0))
        try:
            async with asyncio.timeout(10):
                await scene(line)
        finally:
            await line.close()
            desk.go.set()
            await server.close(1.0)
        return desk

    return asyncio.run(run())
