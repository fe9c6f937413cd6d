"""One connection to a server: one question at a time, one answer (RFC 9112)."""

import asyncio
from typing import cast

import httptools

from shouyue.doors.wire.errors import NoAnswer

Back = tuple[int, bytes]
"""Status and whole body."""

_FINAL = 200
_FRAMES = frozenset({b"content-length", b"transfer-encoding"})
_FRAME_LENGTHS = frozenset(map(len, _FRAMES))


class Line(asyncio.Protocol):
    """Asks over one connection. What comes unasked closes it."""

    def __init__(self) -> None:
        """Wait to be connected."""
        self.idle_since = 0.0
        self.deadline = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Back] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._asked = False
        self._body: bytes | bytearray = b""
        self._largest = 0
        self._heard = False
        self._whole = False
        self._status = 0
        self._told = False
        self._framed = False
        self._last = False

    @property
    def open(self) -> bool:
        """Whether another question may be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, question: bytes, largest: int) -> asyncio.Future[Back]:
        """Send a question; the future holds the answer or NoAnswer."""
        if self._transport is None:
            raise NoAnswer("closed", sent=False)
        self._answer = self._loop.create_future()
        self._body, self._largest, self._asked = b"", largest, True
        self._heard = self._told = self._whole = self._framed = self._last = False
        self._transport.write(question)
        return self._answer

    def close(self) -> None:
        """Hang up, without waiting for what is under way."""
        if self._transport is not None:
            self._transport.abort()

    def fail(self, why: str) -> None:
        """End the question under way and hang up."""
        self._end(why)
        self.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on; anything outside an answer is a fault."""
        if not self._asked:
            self.close()
            return
        self._heard = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.fail("garbled")
            return
        if self._whole and self._asked:
            self._settle()

    def eof_received(self) -> None:
        """An answer that told no length is whole when the server has no more (RFC 9112, 6.3)."""
        if self._asked and self._told and not self._framed:
            self._last = True
            self._settle()

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits is told."""
        del error
        self._transport = None
        self._end("closed")

    # httptools callbacks

    def on_message_begin(self) -> None:
        """One answer to one question: a second one ends the connection."""
        self._last = self._last or self._whole
        self._told = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Remember whether the answer says where it ends."""
        del value
        if len(name) in _FRAME_LENGTHS and name.lower() in _FRAMES:
            self._framed = True

    def on_headers_complete(self) -> None:
        """An informational answer (1xx) is not the one that was asked for."""
        self._status = self._parser.get_status_code()
        self._told = self._status >= _FINAL

    def on_body(self, piece: bytes) -> None:
        """Gather the body up to its limit; mostly it is one piece, and stays that."""
        if not self._body:
            self._body = piece
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += piece
        if len(self._body) > self._largest:
            self.fail("too-large")

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was informational."""
        if self._told and not self._whole:
            self._whole = True
            # Only now does the parser know; afterwards it has the next message in mind.
            self._last = self._last or not self._parser.should_keep_alive()

    def _settle(self) -> None:
        answer, self._answer, self._asked = self._answer, None, False
        if self._last:
            self.close()
        if answer is not None and not answer.done():
            answer.set_result((self._status, bytes(self._body)))

    def _end(self, why: str) -> None:
        answer, self._answer, self._asked = self._answer, None, False
        if answer is not None and not answer.done():
            begun = (
                self._heard or why != "closed"
            )  # after a fault or a deadline nothing is begun anew
            answer.set_exception(NoAnswer(why, sent=True, begun=begun))
