"""A gateway in a process of its own: `python -m tests.uploading DATABASE HOME UPSTREAM SERVER`.

SERVER is `plain` (our own), `uvicorn` or `granian`. Says where it listens and who may call, as
JSON, and then takes uploads in its own time.
"""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server as Granian

from shouyue.assembly import running
from shouyue.assembly.settings import Settings
from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.gateway.rsgi import Rsgi
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams import service as upstreams
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.pool import Pool
from shouyue.doors.wire.server import Server
from shouyue.ground.spools.service import Spools
from tests.callers import SECRET, Scene
from tests.counting import limited
from tests.house import House

UPLOAD = "open.item.image.upload"
_PATIENCE = 120.0
"""A machine that is busy may take its time; here memory counts alone."""


async def main(house: House, home: Path, upstream: str, server: str) -> None:
    """Serve until stopped."""
    scene = Scene(house)
    upstreams._SECONDS = _PATIENCE
    gateway = Gateway(house.store, Upstream(Pool(upstream), SECRET, house.clock))
    spools = Spools(home / "spool", os.urandom)
    say = scene.params(UPLOAD, {"uploadType": 1})
    if server == "plain":
        plain = Server(Plain(gateway, spools), house.clock, Bounds(request_seconds=_PATIENCE))
        tell(await plain.open("127.0.0.1", 0), say)
        await asyncio.Event().wait()
    if server == "granian":
        await granian(Rsgi(Hosted(gateway, spools)), say)
    settings = Settings.model_construct(tls=None, trusted_proxies=())
    config = running.server(settings, Asgi(Hosted(gateway, spools))).config
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tell(listening.getsockname()[1], say)
        await uvicorn.Server(config).serve([listening])


async def granian(app: Rsgi, say: dict[str, str]) -> None:
    """Serve behind Granian until stopped."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Granian(app, port=port, interface=Interfaces.RSGI, log_enabled=False)
    asyncio.get_running_loop().call_later(1.0, tell, port, say)
    await server.serve()


def tell(port: int, params: dict[str, str]) -> None:
    """Say on standard output where, and with which parameters."""
    told: dict[str, Any] = {"port": port, "params": params}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with limited(UPLOAD, qps=1000):
        uvloop.run(main(House(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
