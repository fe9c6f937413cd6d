"""What every response carries: a request id, security headers, and no undeclared cookie.

The outermost layer of a site. Clause 5.1.1: measures in keeping with the state of the art.
"""

import base64

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shouyue.doors.web import cookies
from shouyue.doors.web.visits import Site

_TWO_YEARS = 2 * 365 * 24 * 3600
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
}
_CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Envelope:
    """ASGI middleware round a whole site."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Wrap `app`."""
        self._plain = app
        # A page that mixes a person's secrets with a caller's words must not be compressed
        # (BREACH), so only pages for nobody in particular are.
        self._packed = GZipMiddleware(app, minimum_size=1024)
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._plain(scope, receive, send)
            return
        means = self._site.store.means
        scope["shouyue.request_id"] = means.new_id()
        scope["shouyue.nonce"] = base64.b64encode(means.dice(18)).decode()

        async def seal(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seal(MutableHeaders(scope=message), scope)
            await send(message)

        personal = any(name == b"cookie" for name, _ in scope["headers"])
        static = scope["path"].startswith("/static/")  # packed already
        await (self._plain if personal or static else self._packed)(scope, receive, seal)

    def _seal(self, headers: MutableHeaders, scope: Scope) -> None:
        for line in headers.getlist("set-cookie"):
            cookies.check(line)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", _CLOSED)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = scope["shouyue.request_id"]
        if self._site.secure:
            headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
