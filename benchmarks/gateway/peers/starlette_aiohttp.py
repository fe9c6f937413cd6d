"""A gateway of Starlette and aiohttp; `FOLDER=…`, and the port as argument."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.gateway.peers.checks import UPSTREAM, check


async def call(request: Request) -> Response:
    """Check one call and ask the upstream."""
    params = dict(request.query_params)
    result, seller = check(params)
    if result:
        return JSONResponse({"result": result, "code": str(result)})
    headers = {"X-Seller": seller, "X-App": params["appkey"]}
    session: aiohttp.ClientSession = request.app.state.session
    async with session.post(UPSTREAM + params["method"], headers=headers) as answer:
        return Response(await answer.read(), answer.status, media_type="application/json")


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[None]:
    """Keep connections as long as the server lives."""
    lines = aiohttp.TCPConnector(limit=256)
    async with aiohttp.ClientSession(connector=lines) as app.state.session:
        yield


if __name__ == "__main__":
    routes = [Route("/{path:path}", call, methods=["GET", "POST"])]
    server = Starlette(routes=routes, lifespan=life)
    uvicorn.run(server, port=int(sys.argv[1]), access_log=False, log_level="warning", loop="uvloop")
