"""The gateway behind an ASGI server (the ASGI specification, HTTP and lifespan)."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.types import Answer, Call

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Asgi:
    """An ASGI application for the paths that `Gateway.serves`, and for `HEAD` on any."""

    def __init__(self, hosted: Hosted) -> None:
        """Serve this gateway."""
        self._hosted = hosted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            answer = await self._hosted.answer(_call(scope), _pieces(receive))
            if answer is not None:
                await _send(answer, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            if (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
                continue
            await self._hosted.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _call(scope: Scope) -> Call:
    client = scope.get("client")
    return Call(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b""),
        headers={
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        },
        client=client[0] if client else "",
    )


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _send(answer: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
