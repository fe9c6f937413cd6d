"""The gateway behind an ASGI server: reads a body up to its limit, then asks `handle`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shouyue.doors.gateway import results
from shouyue.doors.gateway.errors import TooLarge
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Asgi:
    """An ASGI application for the paths that `Gateway.serves`, and for `HEAD` on any."""

    def __init__(self, gateway: Gateway) -> None:
        """Serve this gateway."""
        self._gateway = gateway

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
        limit = self._gateway.largest(scope["path"])
        try:
            body = await _body(headers, receive, limit)
        except EOFError:
            return  # half a body is no call
        if body is None:
            answer = results.failure("", TooLarge(limit=limit))
            # The rest of the body is not read, so the connection cannot be used again.
            await _send(answer, send, close=True)
            return
        client = scope.get("client")
        call = Call(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b""),
            headers=headers,
            body=body,
            client=client[0] if client else "",
        )
        await _send(await self._gateway.handle(call), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            if (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
                continue
            await self._gateway.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _body(headers: dict[str, str], receive: Receive, limit: int) -> bytes | None:
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _send(answer: Answer, send: Send, *, close: bool = False) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.request:
        headers["x-request-id"] = answer.request
    if close:
        headers["connection"] = "close"
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
