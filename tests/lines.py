"""A connection to our listener without a socket: bytes in, bytes out, and what the desk heard."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.listener import Listener
from shouyue.doors.wire.proxies import Proxies
from shouyue.doors.wire.types import Answer, Call, Desk
from shouyue.ground.spools.errors import NoRoom


@dataclass
class Taken:
    """Takes a body, as long as there is room; notes whether it was closed."""

    room: int
    octets: bytes = b""
    closed: int = 0

    def take(self, octets: bytes) -> None:
        if len(self.octets) + len(octets) > self.room:
            raise NoRoom
        self.octets += octets

    def close(self) -> None:
        self.closed += 1


class Repeating:
    """A desk that answers at once with what it heard."""

    def __init__(self) -> None:
        self.heard: list[Call] = []
        self.takers: list[Taken] = []

    def largest(self, path: str) -> int:
        return 10 if path.startswith("/small") else 1000

    def taker(self, headers: Mapping[str, str]) -> "Taken | None":
        if "x-take" not in headers:
            return None
        room = headers["x-take"]
        self.takers.append(Taken(int(room) if room.isdecimal() else 0))
        return self.takers[-1]

    async def answer(self, call: Call) -> Answer:
        self.heard.append(call)
        return Answer(200, call.path.encode() + b"|" + call.body, {})

    def refuse(self, status: int, path: str) -> Answer:
        del path
        return Answer(status, b"no", {})


class Line(asyncio.Transport):
    """Our end of the wire, and what all lines share."""

    def __init__(self, desk: Desk, bounds: Bounds | None = None) -> None:
        super().__init__()
        self.desk, self.bounds = desk, bounds or Bounds()
        self.date, self.trusted, self.bodies = b"Date: now\r\n", Proxies(), 0
        self.written = bytearray()
        self.is_over = False
        self.listener = Listener(self)
        self.listener.connection_made(self)

    def send(self, pieces: Iterable[bytes]) -> "Line":
        """Let these bytes arrive, one piece after the other."""
        for piece in pieces:
            if not self.is_over:
                self.listener.data_received(piece)
        return self

    def end(self) -> None:
        """The client is gone."""
        if not self.is_over:
            self.abort()

    def answers(self) -> list[tuple[int, bytes]]:
        """Every answer that was written, whole; fails for anything else between them."""
        found, rest = [], bytes(self.written)
        while rest:
            head, end, rest = rest.partition(b"\r\n\r\n")
            assert end
            first, *lines = head.decode("latin-1").split("\r\n")
            version, status, _ = first.split(" ", 2)
            assert version == "HTTP/1.1"
            if status == "100":
                continue
            headers = {name.lower(): value for name, value in (it.split(": ", 1) for it in lines)}
            length = int(headers["content-length"])
            assert len(rest) >= length
            found.append((int(status), rest[:length]))
            rest = rest[length:]
        return found

    # What the listener sees of its house and its transport.

    def came(self, one: Listener, peer: str) -> int:
        del one, peer
        return 0

    def went(self, one: Listener, peer: str) -> None:
        del one, peer

    def write(self, data: Any) -> None:
        assert not self.is_over
        self.written += data

    def close(self) -> None:
        self.abort()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """The client hears that no more comes, and hangs up in turn."""
        self.abort()

    def abort(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.listener.connection_lost(None)

    def is_closing(self) -> bool:
        return self.is_over

    def pause_reading(self) -> None:
        """Bytes that are here already still arrive."""

    def resume_reading(self) -> None:
        """As they do anyway."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("203.0.113.9", 1) if name == "peername" else default
