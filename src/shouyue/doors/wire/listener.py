"""A server of HTTP/1.1 on plain asyncio: reads a bounded request, asks a desk, writes the answer.

No framework, no thread, no object per header beyond the dictionary that the desk wants. Whoever is
slow, oversized or garbled is told so once and hung up on (RFC 9112).
"""

import asyncio
import re
from collections import deque
from typing import Protocol, cast
from urllib.parse import unquote

import httptools

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.proxies import SAID, Proxies
from shouyue.doors.wire.running import Run
from shouyue.doors.wire.types import Answer, Call, Desk, Taker
from shouyue.ground.spools.errors import NoRoom

_TAKEN = {100: b"Continue", 200: b"OK", 400: b"Bad Request", 404: b"Not Found"}
_ONCE = frozenset({"host", "content-type", "content-length", "transfer-encoding"})
"""Two of these, and a proxy before us may have gone by the other one (RFC 9112, 11.2)."""
_STAYS = b"Connection: keep-alive\r\n"
_WHOLE = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
"""What stands before the path where an address is spelt in full (RFC 9112, 3.2.2)."""


class House(Protocol):
    """What all connections share."""

    desk: Desk
    bounds: Bounds
    date: bytes
    """The line `Date: …` with its end (RFC 9110, 6.6.1)."""
    trusted: Proxies
    """Proxies whose X-Forwarded-For is believed."""

    bodies: int
    """Octets of bodies that are being read or answered."""

    def came(self, one: "Listener", peer: str) -> int:
        """Remember a connection; return 0, or the status that says why there is no room for it."""
        ...

    def went(self, one: "Listener", peer: str) -> None:
        """Forget it."""
        ...


class Listener(asyncio.Protocol):
    """One connection of one client; requests on it are answered in their order."""

    def __init__(self, house: House) -> None:
        """Belong to a server: it knows who answers, the bounds, and what day it is."""
        self._house = house
        self._desk, self._bounds = house.desk, house.bounds
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._address = b""
        self._body: bytes | bytearray = b""
        self._fields: dict[str, str] = {}
        self._octets = self._limit = self._taken = self._heard = self._silent = 0
        self._path = ""
        self._taker: Taker | None = None
        self._answered_for: Taker | None = None
        self._is_reading = False
        self._waiting: deque[tuple[Call, bool] | Answer] = deque()
        self._busy = self._working = self._kept = self._reading_paused = False
        self._is_expected = self._is_old = self._is_left = False
        self._headers = Answer(200, b"", {}).headers
        self._lines = b""
        self._client = ""
        self._bodies = self._answering = 0
        self._reading_since = 0.0
        self._quiet_since = self._loop.time()
        self._shut = False
        self._stuck_since = 0.0
        self._watch: asyncio.TimerHandle | None = None

    def finish(self) -> None:
        """Answer what has been read, and hang up."""
        self._shut, self._is_reading = True, False
        if not self._busy and not self._waiting:
            self._hang_up()

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) else ""
        status = self._house.came(self, self._client)
        self._look_again()
        if status:
            self._refuse(status)

    def connection_lost(self, error: Exception | None) -> None:
        """What is under way goes on to its end; what waits is not begun for nobody."""
        del error
        self._transport = None
        self._forget_waiting()
        self._forget_body()
        self._let_go(self._bodies - self._answering)
        self._house.went(self, self._client)
        if self._watch is not None:
            self._watch.cancel()

    def eof_received(self) -> bool:
        """The client says no more but may still listen: what it asked in full is answered."""
        self.finish()
        # No line stays open in one direction under TLS.
        return self._transport is not None and not self._transport.get_extra_info("sslcontext")

    def pause_writing(self) -> None:
        """The client does not read its answers: make no more of them."""
        self._stuck_since = self._loop.time()

    def resume_writing(self) -> None:
        """It reads again, or is gone."""
        self._stuck_since = 0.0
        self._work()

    def data_received(self, data: bytes) -> None:
        """Read on, unless nothing more is wanted."""
        if self._shut:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.finish()
        except httptools.HttpParserError:
            self._refuse(400)
        if self._is_reading:
            self._check_progress(len(data))

    def _check_progress(self, octets: int) -> None:
        """A name or a value that never ends is told of by nobody: the parser keeps it."""
        if not self._reading_since:
            self._reading_since = self._loop.time()
        heard = self._octets + len(self._address) + len(self._body) + self._taken
        self._silent = self._silent + octets if heard == self._heard else 0
        self._heard = heard
        if self._silent > self._bounds.headers:
            self._refuse(431)

    # httptools callbacks

    def on_message_begin(self) -> None:
        """A request begins."""
        self._address = self._body = b""
        self._fields, self._octets, self._limit, self._path = {}, 0, 0, ""
        self._taken = 0
        self._is_expected = False
        self._is_reading, self._reading_since = True, 0.0
        self._heard, self._silent = -1, 0

    def on_url(self, piece: bytes) -> None:
        """Gather the address."""
        self._address += piece
        if len(self._address) > self._bounds.address:
            self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; a name that comes twice keeps its last value."""
        self._octets += len(name) + len(value)
        if self._octets > self._bounds.headers:
            self._refuse(431)
            return
        if self._path:
            return  # behind the body: no proxy has looked at it (RFC 9110, 6.5.1)
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key in self._fields:
            if key in _ONCE:
                self._refuse(400)
                return
            if key == SAID:  # some proxies append a line, not a word
                text = f"{self._fields[key]}, {text}"
        self._fields[key] = text

    def on_headers_complete(self) -> None:
        """Decide how much body may follow."""
        if self._shut:
            return  # what was refused may have more requests behind it
        if self._address[:1] != b"/":
            rest = _WHOLE.sub(b"", self._address, 1)
            self._address = b"/" + rest if rest[:1] in {b"", b"?"} else rest
        path = self._address.partition(b"?")[0].decode("ascii")
        self._path = unquote(path) if "%" in path else path
        fields = self._fields
        if "host" not in fields and self._parser.get_http_version() != "1.0":
            self._refuse(400)  # RFC 9112, 3.2
            return
        if "content-length" in fields or "transfer-encoding" in fields:
            if fields.get("transfer-encoding", "chunked").strip().lower() != "chunked":
                self._refuse(501)  # RFC 9112, 6.1
                return
            self._limit = self._desk.largest(self._path)
            self._taker = self._desk.taker(fields)
            if int(fields.get("content-length", 0)) > self._limit:
                self._refuse(413)
                return
            if fields.get("expect", "").lower() == "100-continue":
                self._is_expected = self._parser.get_http_version() != "1.0"
                self._ask_for_body()

    def _ask_for_body(self) -> None:
        """Some wait to be asked (RFC 9110, 10.1.1); the answers before it come first."""
        if self._is_expected and not self._busy and not self._waiting and self._transport:
            self._is_expected = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, piece: bytes) -> None:
        """Gather the body up to its limit, and all bodies up to theirs; mostly it is one piece."""
        if self._shut:
            return
        if self._taker is not None:
            self._hand_on(self._taker, piece)
            return
        if not self._body:
            self._body = piece
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += piece
        self._bodies += len(piece)
        self._house.bodies += len(piece)
        if len(self._body) > self._limit:
            self._refuse(413)
        elif self._house.bodies > self._bounds.bodies:
            self._refuse(503)

    def _hand_on(self, taker: Taker, piece: bytes) -> None:
        self._taken += len(piece)
        if self._taken > self._limit:
            self._refuse(413)
            return
        try:
            taker.take(piece)
        except NoRoom:
            self._refuse(507)

    def on_message_complete(self) -> None:
        """A request is whole: it is answered, or takes its place in the queue."""
        if self._shut:
            return
        self._is_reading, self._is_expected, self._reading_since = False, False, 0.0
        parser = self._parser
        call = Call(
            parser.get_method().decode("latin-1"),
            self._path,
            self._address.partition(b"?")[2],
            self._fields,
            bytes(self._body),
            self._house.trusted.came_from(self._client, self._fields),
            self._taker,
        )
        self._body, self._taker = b"", None  # from here on they are the call's
        # Who wants another protocol is answered as if it had asked for nothing more.
        kept = parser.should_keep_alive() and not parser.should_upgrade()
        if kept and "connection" in self._fields:
            self._is_old = parser.get_http_version() == "1.0"
        if self._waiting or self._busy or self._stuck_since:
            self._queue((call, kept))
        else:
            self._begin(call, kept=kept)

    def _begin(self, call: Call, *, kept: bool) -> None:
        self._kept, self._busy, self._answering = kept, True, len(call.body)
        self._answered_for = call.taker
        Run(self._desk.answer(call), self._answered).step()

    def _queue(self, one: tuple[Call, bool] | Answer) -> None:
        self._waiting.append(one)
        if self._transport is not None and len(self._waiting) > self._bounds.waiting:
            self._reading_paused = True
            self._transport.pause_reading()
        self._work()

    def _refuse(self, status: int) -> None:
        """Nothing after this is read; earlier requests still get their answers first."""
        if self._shut:
            return
        self._shut = True
        self._forget_body()
        self._queue(self._desk.refuse(status, self._path))

    def _forget_body(self) -> None:
        """Nobody will be answered for what was read of it."""
        self._let_go(len(self._body))
        self._body = b""
        if self._taker is not None:
            self._taker.close()
            self._taker = None

    def _forget_waiting(self) -> None:
        for one in self._waiting:
            if isinstance(one, tuple) and one[0].taker is not None:
                one[0].taker.close()
        self._waiting.clear()

    def _let_go(self, octets: int) -> None:
        self._bodies -= octets
        self._house.bodies -= octets

    def _work(self) -> None:
        """Begin what waits, one after the other; an answer that comes at once begins the next."""
        if self._working:
            return
        self._working = True
        while self._waiting and not self._busy and not self._stuck_since:
            one = self._waiting.popleft()
            if isinstance(one, tuple):
                self._begin(one[0], kept=one[1])
            else:
                self._kept = False
                self._answered(one)
        self._working = False

    def _answered(self, answer: Answer) -> None:
        self._busy = False
        if self._answering:
            self._let_go(self._answering)
            self._answering = 0
        if self._answered_for is not None:
            self._answered_for.close()
            self._answered_for = None
        kept, last = self._kept, self._shut and not self._waiting
        self._write(answer, kept=kept and not last)
        if not kept or last:
            self._forget_waiting()
            self._hang_up()
            return
        self._quiet_since = self._loop.time()
        if self._waiting:
            self._work()
        if self._is_expected:
            self._ask_for_body()
        if self._reading_paused and len(self._waiting) <= self._bounds.waiting:
            self._reading_paused = False
            if self._transport is not None:
                self._transport.resume_reading()

    def _write(self, answer: Answer, *, kept: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if answer.headers is not self._headers:  # mostly those of the answer before
            lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
            self._headers, self._lines = answer.headers, lines.encode("latin-1")
        # One of HTTP/1.0 waits for the end of the line unless told that it stays.
        manners = (_STAYS if self._is_old else b"") if kept else b"Connection: close\r\n"
        request = b"x-request-id: %b\r\n" % answer.request.encode() if answer.request else b""
        self._transport.write(
            b"HTTP/1.1 %d %b\r\n%b%b%bContent-Length: %d\r\n%b\r\n%b"
            % (
                answer.status,
                _TAKEN.get(answer.status, b"-"),
                self._lines,
                request,
                self._house.date,
                len(answer.body),
                manners,
                answer.body,
            )
        )

    def _hang_up(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._quiet_since = self._loop.time()
            if self._is_reading and not self._is_left and self._transport.can_write_eof():
                # Were it closed now, what still comes would reset the line before the answer is
                # read (RFC 9112, 9.6).
                self._is_left = True
                self._transport.write_eof()
            else:
                self._transport.close()

    def _look_again(self) -> None:
        """Every few seconds: is anybody slow? One timer a connection, not one a request."""
        now, bounds = self._loop.time(), self._bounds
        busy = self._busy or bool(self._waiting)
        is_deaf = self._is_left or (self._transport is not None and self._transport.is_closing())
        since = self._quiet_since if is_deaf and not busy else self._stuck_since
        if since and now - since > bounds.request_seconds:
            self.abort()  # answers are not being read
        elif self._reading_since and now - self._reading_since > bounds.request_seconds:
            self._is_reading = False  # such a one is not waited for any longer
            self._refuse(408)
        elif not busy and not self._reading_since and now - self._quiet_since > bounds.idle_seconds:
            self.finish()
        pause = min(bounds.request_seconds, bounds.idle_seconds) / 4
        self._watch = self._loop.call_later(pause, self._look_again)
