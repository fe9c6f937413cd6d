"""Who a request to uvicorn is from, as our own server and Granian's would tell it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from shouyue.doors.wire.proxies import SAID, Proxies

_SAID = SAID.encode()


class Forwarded:
    """Puts whoever came to our proxies in their place; what else they say is not believed."""

    def __init__(self, app: ASGIApp, trusted: Proxies) -> None:
        """Ask this application."""
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the server's life goes on as it is."""
        if scope["type"] == "http" and (client := scope.get("client")):
            said = [value.decode("latin-1") for name, value in scope["headers"] if name == _SAID]
            came = self._trusted.came_from(client[0], {SAID: ", ".join(said)})
            if came != client[0]:
                scope = {**scope, "client": (came, 0)}
        await self._app(scope, receive, send)
