"""The gateway as Granian starts it, for whoever wants its workers, its HTTP/2 and its TLS.

    granian --interface rsgi --factory --workers-kill-timeout 30 shouyue.assembly.granian:gateway

Address, TLS, workers and bounds are Granian's options; all else is said by the same settings as
for `shouyue gateway`, which is faster and bounds more (decision 0013).
"""

import asyncio
import sys
from contextlib import suppress

from shouyue.assembly import founded, loglines, memory, publishing, serving, wiring
from shouyue.assembly.settings import Settings
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.rsgi import Rsgi
from shouyue.doors.wire.proxies import Proxies


class Worker(Rsgi):
    """One process: a house of its own, opened before its first call and closed after its last."""

    def __init__(self, house: wiring.House) -> None:
        """Serve this house's gateway."""
        self._house = house
        self._rounds: asyncio.Task[None] | None = None
        hosted = Hosted(serving.gateway_of(house), serving.spools_of(house))
        super().__init__(hosted, Proxies(house.settings.trusted_proxies))

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: the loop is there, and no call yet."""
        publishing.adopt(self._house.store)
        self._rounds = loop.create_task(serving.make_rounds(self._house))
        memory.settle()
        sys.setswitchinterval(0.0005)  # as in `alone`

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End: no more calls come."""
        loop.run_until_complete(self._hosted.close())
        if self._rounds is not None:
            self._rounds.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(self._rounds)
        serving.write_down(self._house.store, self._house.notes)
        self._house.store.close()


def gateway() -> Worker:
    """Return what one worker of Granian serves, from the settings of the environment.

    Raises NoHouse where no platform was founded yet.
    """
    loglines.to_standard_error()
    settings = Settings()
    founded.check(settings)
    return Worker(wiring.build(settings))
