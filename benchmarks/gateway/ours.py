"""Our gateway on a prepared folder: `python -m benchmarks.gateway.ours FOLDER PORT SERVER`.

SERVER is `plain` (our own), `uvicorn` (ASGI) or `granian` (RSGI, one worker in this process); or
`open`, our own with its protection taken off, or `blind`, which keeps no line of a call either.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

import uvicorn
import uvloop
from granian.constants import HTTPModes
from granian.server.embed import Server as Granian

from benchmarks.gateway.prepare import now, store_at
from benchmarks.gateway.unprotected import unprotected
from shouyue.assembly import memory
from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.gateway.rsgi import Rsgi
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.pool import Pool
from shouyue.doors.wire.server import Server
from shouyue.ground.spools.service import Spools

UPSTREAM = "http://127.0.0.1:9000"


def gateway(folder: Path) -> Gateway:
    """Return the gateway as assembly builds it, upstream beside."""
    store = store_at(f"sqlite:///{folder / 'house.db'}", folder)
    return Gateway(store, Upstream(Pool(UPSTREAM), "secret", now))


def spools(folder: Path) -> Spools:
    """Return where files would lie on their way through."""
    return Spools(folder / "spool", os.urandom)


async def plain(folder: Path, port: int) -> None:
    """Serve on our own server until stopped."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    door = gateway(folder)
    server = Server(Plain(door, spools(folder)), now)
    await server.open("127.0.0.1", port)
    memory.settle()
    sys.setswitchinterval(0.0005)  # as `assembly.alone` does
    await stop.wait()
    await server.close()
    await door.close()


async def open_to_all(folder: Path, port: int) -> None:
    """Serve on our own server with its protection taken off."""
    with unprotected(logged=True):
        await plain(folder, port)


async def blind(folder: Path, port: int) -> None:
    """Serve so, and keep no line of a call either."""
    with unprotected(logged=False):
        await plain(folder, port)


async def granian(folder: Path, port: int) -> None:
    """Serve behind Granian until stopped."""
    app = Rsgi(Hosted(gateway(folder), spools(folder)))
    # What listens for other protocols costs a call, so it does not here.
    server = Granian(app, port=port, http=HTTPModes.http1, websockets=False, log_enabled=False)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    memory.settle()
    sys.setswitchinterval(0.0005)
    await server.serve()


_SERVERS = {"plain": plain, "open": open_to_all, "blind": blind, "granian": granian}


def main(folder: Path, port: int, server: str) -> None:
    """Serve."""
    if server != "uvicorn":
        uvloop.run(_SERVERS[server](folder, port))
        return
    config = uvicorn.Config(
        Asgi(Hosted(gateway(folder), spools(folder))),
        port=port,
        access_log=False,
        log_level="warning",
        loop="uvloop",
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
