"""The gateway behind `doors.wire.server`: nothing between the socket and `handle`."""

from shouyue.doors.gateway import results
from shouyue.doors.gateway.errors import Malformed, TooBusy, TooLarge, TooManyLines, TooSlow
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.wire.types import Answer
from shouyue.ground.kit.errors import Refusal

_WHY: dict[int, type[Refusal]] = {408: TooSlow, 429: TooManyLines, 503: TooBusy}


class Plain:
    """A desk that answers with the gateway's envelope, whatever came in."""

    def __init__(self, gateway: Gateway) -> None:
        """Serve this gateway."""
        self.largest = gateway.largest
        self.answer = gateway.handle

    def refuse(self, status: int, path: str) -> Answer:
        """Say in the envelope why the request was not read to its end."""
        why = _WHY.get(status, Malformed)()
        if status in {413, 431}:
            why = TooLarge(limit=self.largest(path))
        return results.failure("", why, status)
