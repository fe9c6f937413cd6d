"""The gateway behind an ASGI server: takes a body up to its limit, then asks `handle`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shouyue.doors.gateway import reading, results
from shouyue.doors.gateway.errors import TooBusy, TooLarge
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.spools.service import Spools

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


BODIES = 256 * 1024 * 1024
"""Octets of all bodies that are in memory."""


class Asgi:
    """An ASGI application for the paths that `Gateway.serves`, and for `HEAD` on any."""

    def __init__(self, gateway: Gateway, spools: Spools, bodies: int = BODIES) -> None:
        """Serve this gateway; files on their way through lie in `spools`."""
        self._gateway, self._spools = gateway, spools
        self._bodies, self.held = bodies, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        client, body = scope.get("client"), _Body(self)
        call = Call(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b""),
            headers=headers,
            client=client[0] if client else "",
            taker=reading.taker(headers, self._spools.open),
        )
        try:
            await body.read(call, receive, self._gateway.largest(scope["path"]))
            await _send(await self._gateway.handle(call), send)
        except EOFError:
            return  # half a body is no call
        except Refusal as no:
            # The rest of the body is not read, so the connection cannot be used again.
            await _send(results.failure("", no), send, close=True)
        finally:
            self.held -= body.octets
            if call.taker is not None:
                call.taker.close()

    def hold(self, octets: int) -> None:
        """Count octets that are in memory; raise TooBusy."""
        self.held += octets
        if self.held > self._bodies:
            raise TooBusy

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            if (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
                continue
            await self._gateway.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


class _Body:
    """One body on its way in, and how many octets of it are in memory."""

    def __init__(self, asgi: Asgi) -> None:
        self._asgi = asgi
        self.octets = 0

    async def read(self, call: Call, receive: Receive, limit: int) -> None:
        declared = call.headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            raise TooLarge(limit=limit)
        body, size, more = bytearray(), 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise EOFError
            piece, more = message.get("body", b""), message.get("more_body", False)
            size += len(piece)
            if size > limit:
                raise TooLarge(limit=limit)
            if call.taker is not None:
                call.taker.take(piece)
                continue
            self.octets += len(piece)
            self._asgi.hold(len(piece))
            body += piece
        call.body = bytes(body)


async def _send(answer: Answer, send: Send, *, close: bool = False) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.request:
        headers["x-request-id"] = answer.request
    if close:
        headers["connection"] = "close"
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
