"""A gateway of FastAPI and httpx, as usually written; `FOLDER=…`, and the port as argument."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from benchmarks.gateway.peers.checks import UPSTREAM, check, log


@asynccontextmanager
async def life(app: FastAPI) -> AsyncIterator[None]:
    """Keep connections as long as the server lives."""
    limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
    async with httpx.AsyncClient(limits=limits) as app.state.client:
        yield


app = FastAPI(lifespan=life)


@app.api_route("/{path:path}", methods=["GET", "POST"])
async def call(path: str, request: Request) -> Response:
    """Check one call and ask the upstream."""
    del path
    begun, peer = time.perf_counter(), request.client.host if request.client else ""
    result, seller, params = check(request.query_params.multi_items(), peer)
    if result:
        log(params, peer, result, begun, 0)
        return Response(f'{{"result":{result}}}', media_type="application/json")
    headers = {"X-Seller": seller, "X-App": params["appkey"]}
    client: httpx.AsyncClient = request.app.state.client
    answer = await client.post(UPSTREAM + params["method"], headers=headers)
    log(params, peer, result, begun, len(answer.content))
    return Response(answer.content, answer.status_code, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning", loop="uvloop")
