"""The gateway behind `doors.wire.server`: nothing between the socket and `handle`."""

from functools import partial

from shouyue.doors.gateway import reading, results
from shouyue.doors.gateway.errors import Malformed, TooBusy, TooLarge, TooManyLines, TooSlow
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.wire.types import Answer
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.spools.errors import NoRoom
from shouyue.ground.spools.service import Spools

_WHY: dict[int, type[Refusal]] = {408: TooSlow, 429: TooManyLines, 503: TooBusy, 507: NoRoom}


class Plain:
    """A desk that answers with the gateway's envelope, whatever came in."""

    def __init__(self, gateway: Gateway, spools: Spools) -> None:
        """Serve this gateway; files on their way through lie in `spools`."""
        self.largest = gateway.largest
        self.answer = gateway.handle
        self.taker = partial(reading.taker, make=spools.open)

    def refuse(self, status: int, path: str) -> Answer:
        """Say in the envelope why the request was not read to its end."""
        why = _WHY.get(status, Malformed)()
        if status in {413, 431}:
            why = TooLarge(limit=self.largest(path))
        return results.failure("", why, status)
