"""A gateway of Starlette and aiohttp; `FOLDER=…`, and the port as argument."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.gateway.peers.checks import UPSTREAM, check, log


async def call(request: Request) -> Response:
    """Check one call and ask the upstream."""
    begun, client = time.perf_counter(), request.client.host if request.client else ""
    result, seller, params = check(request.query_params.multi_items(), client)
    if result:
        log(params, client, result, begun, 0)
        return JSONResponse({"result": result, "code": str(result)})
    headers = {"X-Seller": seller, "X-App": params["appkey"]}
    session: aiohttp.ClientSession = request.app.state.session
    async with session.post(UPSTREAM + params["method"], headers=headers) as answer:
        body = await answer.read()
    log(params, client, result, begun, len(body))
    return Response(body, answer.status, media_type="application/json")


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
