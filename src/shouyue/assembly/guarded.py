"""uvicorn's connection under the bounds of our own server: heads, patience, and who may come.

uvicorn bounds no head and waits for ever for its next byte. Here a line that is idle, slow, deaf or
endless is told so once where it still can be, and hung up on (RFC 9110, 15.5).
"""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shouyue.assembly.leaving import Leaving
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.crowd import Crowd
from shouyue.doors.wire.types import Answer

Refuse = Callable[[int, str], Answer]
"""Says with which words a request of this path, as far as it is known, ends with this status."""

_FORM = b"HTTP/1.1 %d %b\r\n%bcontent-length: %d\r\nconnection: close\r\n\r\n%b"


def guarded(bounds: Bounds, crowd: Crowd, refuse: Refuse) -> type[asyncio.Protocol]:
    """Return what `uvicorn.Config` takes as its `http`."""
    # It is called, and nothing else.
    return cast("type[asyncio.Protocol]", partial(Guarded, bounds, crowd, refuse))


def in_words(status: int, path: str) -> Answer:
    """Refuse with the name of the status, for whoever reads pages."""
    del path
    headers = {"content-type": "text/plain; charset=utf-8"}
    return Answer(status, HTTPStatus(status).phrase.encode(), headers)


class Guarded(HttpToolsProtocol):
    """One connection of one client."""

    def __init__(self, bounds: Bounds, crowd: Crowd, refuse: Refuse, **given: Any) -> None:
        """Take what uvicorn gives, and belong to a crowd."""
        super().__init__(**given)
        self._bounds, self._crowd, self._words = bounds, crowd, refuse
        self.url = b""
        self._peer = ""
        self._shut = self._is_headed = self._has_host = False
        self._octets = self._silent = 0
        self._quiet_since = self.loop.time()
        self._reading_since = self._stuck_since = 0.0
        self._watch: asyncio.TimerHandle | None = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or turn it away at once."""
        way = Leaving(transport, lambda: self._reading_since > 0)
        super().connection_made(cast("asyncio.Transport", way))
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) else ""
        status = self._crowd.came(self._peer)
        self._look_again()
        if status:
            self._refuse(status)

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for the next."""
        super().connection_lost(exc)
        self._crowd.went(self._peer)
        if self._watch is not None:
            self._watch.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on, unless nothing more is wanted or nothing comes of it."""
        if self._shut or self.transport.is_closing():
            return
        self._silent += len(data)
        super().data_received(data)
        # A name or a value that never ends is told of by nobody: the parser keeps it.
        if self._silent > self._bounds.headers:
            self._refuse(431)

    def pause_writing(self) -> None:
        """The client does not read its answer."""
        super().pause_writing()
        self._stuck_since = self.loop.time()

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._stuck_since = 0.0

    # httptools callbacks

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_headed = self._has_host = False
        self._octets = self._silent = 0
        self._reading_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Gather the address."""
        super().on_url(url)
        self._silent = 0
        if len(self.url) > self._bounds.address:
            self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header while all are within their bound; no proxy looked at a trailer."""
        self._silent = 0
        self._octets += len(name) + len(value)
        if self._octets > self._bounds.headers:
            self._refuse(431)
        elif not self._shut and not self._is_headed:
            super().on_header(name, value)
            self._look_at(name.lower(), value)

    def _look_at(self, name: bytes, value: bytes) -> None:
        self._has_host = self._has_host or name == b"host"
        if name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            self._refuse(501)  # RFC 9112, 6.1

    def on_headers_complete(self) -> None:
        """Begin an answer, but not for who was refused."""
        self._is_headed = True
        if not self._has_host and self.parser.get_http_version() != "1.0":
            self._refuse(400)  # RFC 9112, 3.2
        if not self._shut:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of the body on."""
        self._silent = 0
        if not self._shut:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: from here on it is ours to hurry."""
        if self._shut:
            return
        self._reading_since, self._quiet_since = 0.0, self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The client may rest for a while."""
        self._quiet_since = self.loop.time()
        super().on_response_complete()

    def _refuse(self, status: int) -> None:
        """Say why, where no answer is under way; nothing after this is read."""
        if self._shut:
            return
        self._shut, self._quiet_since = True, self.loop.time()
        whole = self.cycle is None or self.cycle.response_complete
        if whole or not (self.cycle.response_started or self.pipeline):
            no = self._words(status, self.url.partition(b"?")[0].decode("latin-1"))
            lines = "".join(f"{name}: {value}\r\n" for name, value in no.headers.items())
            why = HTTPStatus(status).phrase.encode()
            size = len(no.body)
            self.transport.write(_FORM % (status, why, lines.encode("latin-1"), size, no.body))
        if not whole:  # who waits for the rest of a body hears that there is none
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _look_again(self) -> None:
        """Every few seconds: is anybody slow? One timer a connection, not one a request."""
        now, bounds = self.loop.time(), self._bounds
        is_busy = self.cycle is not None and not self.cycle.response_complete
        quiet = now - self._quiet_since
        if self.transport.is_closing() and not is_busy and quiet > bounds.request_seconds:
            self.transport.abort()  # its last answer is not being read
        elif self._stuck_since and now - self._stuck_since > bounds.request_seconds:
            self.transport.abort()
        elif self._reading_since and now - self._reading_since > bounds.request_seconds:
            self._refuse(408)
        elif not (is_busy or self._reading_since or self._shut) and quiet > bounds.idle_seconds:
            self._shut = True
            self.transport.close()
        pause = min(bounds.request_seconds, bounds.idle_seconds) / 4
        self._watch = self.loop.call_later(pause, self._look_again)
