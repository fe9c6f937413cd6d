"""The gateway behind `doors.wire.server`: nothing between the socket and `handle`."""

from collections.abc import Collection
from dataclasses import replace

from shouyue.doors.gateway import results
from shouyue.doors.gateway.errors import Malformed, TooLarge, TooSlow
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.wire.types import Answer, Call
from shouyue.ground.kit.errors import Refusal

_TOO_SLOW, _TOO_LARGE = 408, frozenset({413, 431})


class Plain:
    """A desk that answers with the gateway's envelope, whatever came in."""

    def __init__(self, gateway: Gateway, trusted: Collection[str] = ()) -> None:
        """Serve this gateway. `trusted` are the proxies whose X-Forwarded-For is believed."""
        self.largest = gateway.largest
        self._handle = gateway.handle
        self._trusted = frozenset(trusted)

    async def answer(self, call: Call) -> Answer:
        """Answer one request; behind a proxy the client is whom the proxy saw."""
        if call.client in self._trusted:
            call = replace(call, client=self._seen_by_proxy(call))
        return await self._handle(call)

    def refuse(self, status: int, path: str) -> Answer:
        """Say in the envelope why the request was not read to its end."""
        return results.failure("", self._why(status, path), status)

    def _seen_by_proxy(self, call: Call) -> str:
        """Return the last address that none of our proxies has."""
        said = call.headers.get("x-forwarded-for", "").split(",")
        hops = [hop.strip() for hop in said if hop.strip()]
        return next((hop for hop in reversed(hops) if hop not in self._trusted), call.client)

    def _why(self, status: int, path: str) -> Refusal:
        if status == _TOO_SLOW:
            return TooSlow()
        return TooLarge(limit=self.largest(path)) if status in _TOO_LARGE else Malformed()
