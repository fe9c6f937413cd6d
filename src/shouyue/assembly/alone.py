"""The gateway as a process of its own, on our own server: more cores, another machine.

Another process serves the pages, and its worker does the jobs; what changes there is heard here
within a second by the version row, and withdrawals of data bind at the release itself.
"""

import asyncio
import os
import signal
import sys

import structlog
import uvloop

from shouyue.assembly import loglines, memory, publishing, running, serving, wiring
from shouyue.assembly.errors import Unusable
from shouyue.assembly.settings import Settings
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.proxies import Proxies
from shouyue.doors.wire.server import Server

_log = structlog.get_logger("shouyue.gateway")


def serve(settings: Settings) -> None:
    """Answer signed calls until stopped. Raises Unusable where the port is another's."""
    loglines.to_standard_error()
    house = wiring.build(settings)
    try:
        publishing.adopt(house.store)
        uvloop.run(_serve(house))
    finally:
        serving.write_down(house.store, house.notes)
        house.store.close()


async def _serve(house: wiring.House) -> None:
    settings, stop = house.settings, asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    gateway = serving.gateway_of(house)
    desk, proxies = Plain(gateway, serving.spools_of(house)), Proxies(settings.trusted_proxies)
    bounds = Bounds(each=settings.connections_per_address)
    server = Server(desk, house.store.means.clock, bounds, proxies)
    port = await _opened(server, settings)
    _log.info("gateway.open", host=settings.host, port=port)
    memory.settle()
    # Who writes lines down in another thread lets answers go first this often; usually it is 5 ms.
    sys.setswitchinterval(0.0005)
    rounds = asyncio.create_task(serving.make_rounds(house))
    await stop.wait()
    rounds.cancel()
    await server.close()
    await gateway.close()


async def _opened(server: Server, settings: Settings) -> int:
    try:
        return await server.open(settings.host, settings.port, running.tls_context(settings))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise Unusable(what=where, why=os.strerror(error.errno or 0)) from None
