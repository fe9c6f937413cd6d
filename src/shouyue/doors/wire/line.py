"""One connection to a server: one question at a time, one answer (RFC 9112)."""

import asyncio
import re
from collections.abc import Iterator
from typing import cast

import httptools

from shouyue.doors.wire import running
from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.types import Pieces

Back = tuple[int, bytes]
"""Status and whole body."""

_FINAL = 200
_NO_MORE: Iterator[bytes] = iter(())
_MOST_HEAD = 256 * 1024
_FRAMED = re.compile(rb"\r?\n(?:content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)


class Line(asyncio.Protocol):
    """Asks over one connection. What comes unasked closes it."""

    def __init__(self) -> None:
        """Wait to be connected."""
        self.idle_since = 0.0
        self.deadline = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Back] | running.Turn[Back] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._asked = False
        self._body: bytes | bytearray = b""
        self._largest = 0
        self._heard = False
        self._whole = False
        self._status = 0
        self._told = False
        self._head = b""
        self._last = False
        self._rest = _NO_MORE
        self._is_full = False

    @property
    def open(self) -> bool:
        """Whether another question may be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(
        self, question: bytes, largest: int, rest: Pieces | None = None
    ) -> asyncio.Future[Back] | running.Turn[Back]:
        """Send a question, and the rest of it as fast as it is taken.

        What is awaited holds the answer or NoAnswer.
        """
        if self._transport is None:
            raise NoAnswer("closed", sent=False)
        answer = self._answer = running.waiter(self._loop)
        self._body, self._head, self._largest, self._asked = b"", b"", largest, True
        self._heard = self._told = self._whole = self._last = False
        self._transport.write(question)
        if rest is not None:
            self._rest = rest.pieces()
            self.resume_writing()
        return answer

    def close(self) -> None:
        """Hang up, without waiting for what is under way."""
        if self._transport is not None:
            self._transport.abort()

    def fail(self, why: str) -> None:
        """End the question under way and hang up."""
        self.close()  # first: whoever waits may go on at once, and must not take it for open
        self._end(why)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def pause_writing(self) -> None:
        """The other side is slow: no more of the rest yet."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Send on, until there is no more or the way is full."""
        self._is_full = False
        while self._rest is not _NO_MORE and self._transport is not None and not self._is_full:
            try:
                piece = next(self._rest, None)
            except Exception:  # noqa: BLE001 - half a question must not be taken for a whole one
                self.fail("unreadable")
                return
            if piece is None:
                self._rest = _NO_MORE
            elif piece:
                self._transport.write(piece)

    def data_received(self, data: bytes) -> None:
        """Read on; anything outside an answer is a fault."""
        if not self._asked:
            self.close()
            return
        self._heard = True
        if not self._told:
            self._head += data
            if len(self._head) > self._largest + _MOST_HEAD:
                self.fail("too-large")
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.fail("garbled")
            return
        if self._whole and self._asked:
            self._settle()

    def eof_received(self) -> None:
        """An answer that told no length is whole when the server has no more (RFC 9112, 6.3)."""
        if self._asked and self._told and not _FRAMED.search(self._head):
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
        if self._last or self._rest is not _NO_MORE:  # an answer to half a question ends the line
            self._rest = _NO_MORE
            self.close()
        if answer is not None and not answer.done():
            answer.set_result((self._status, bytes(self._body)))

    def _end(self, why: str) -> None:
        answer, self._answer, self._asked = self._answer, None, False
        self._rest = _NO_MORE
        if answer is not None and not answer.done():
            # After a fault or a deadline nothing is begun anew.
            begun = self._heard or why != "closed"
            answer.set_exception(NoAnswer(why, sent=True, begun=begun))
