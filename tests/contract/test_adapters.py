"""The same requests on real sockets through each server that the gateway may stand behind."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from granian.constants import Interfaces
from granian.server.embed import Server as Granian

from shouyue.assembly import running
from shouyue.assembly.settings import Settings
from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.gateway.rsgi import Rsgi
from shouyue.doors.wire.proxies import Proxies
from shouyue.doors.wire.server import Server
from tests.callers import Scene
from tests.house import House

SHOP, UPLOAD = "open.shop.info.get", "open.item.image.upload"
PROXY = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"
Place = Callable[[Scene], AbstractAsyncContextManager[int]]
Request = Callable[[Scene], bytes]


@asynccontextmanager
async def ours(scene: Scene) -> AsyncIterator[int]:
    desk = Plain(scene.gateway, scene.spools)
    server = Server(desk, scene.house.clock, trusted=Proxies([PROXY]))
    yield await server.open("127.0.0.1", 0)
    await server.close()


@asynccontextmanager
async def asgi(scene: Scene) -> AsyncIterator[int]:
    settings = Settings.model_construct(tls=None, trusted_proxies=(PROXY,))
    app = Asgi(Hosted(scene.gateway, scene.spools))
    server = uvicorn.Server(running.server(settings, app).config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        await task


@asynccontextmanager
async def rsgi(scene: Scene) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = Rsgi(Hosted(scene.gateway, scene.spools), Proxies([PROXY]))
    server = Granian(app, port=port, interface=Interfaces.RSGI, log_enabled=False)
    task = asyncio.create_task(server.serve())
    await _listening(port)
    yield port
    server.stop()  # type: ignore[no-untyped-call]
    await task


async def _listening(port: int) -> None:
    while True:
        with suppress(ConnectionError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        await asyncio.sleep(0.01)


each_server = pytest.mark.parametrize("place", [ours, asgi, rsgi])


def told(scene: Scene, place: Place, *requests: bytes) -> list[tuple[int, dict[str, str], Any]]:
    """Send requests, each once the one before is answered, over one connection."""

    async def main() -> list[tuple[int, dict[str, str], Any]]:
        async with asyncio.timeout(20), place(scene) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return [await _told(reader, writer, one) for one in requests]
            finally:
                writer.close()

    return asyncio.run(main())


async def _told(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[int, dict[str, str], Any]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:])}
    size = 0 if request.startswith(b"HEAD") else int(headers["content-length"])
    body = await reader.readexactly(size)
    return int(head[0].split()[1]), headers, json.loads(body) if body else None


def get(scene: Scene, path: str = "/open/shop/info/get", **other: str | None) -> bytes:
    query = urlencode(scene.params(SHOP, **other))
    return f"GET {path}?{query} HTTP/1.1\r\nHost: h\r\n\r\n".encode()


def post(
    body: bytes, path: str = "/open/shop/info/get", media: str = FORM, more: str = ""
) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: {media}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def form(scene: Scene) -> bytes:
    return post(urlencode(scene.params(SHOP, {"word": "中文 +%&=/"})).encode())


def chunked(scene: Scene) -> bytes:
    body = urlencode(scene.params(SHOP)).encode()
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (body[:40], body[40:]))
    return (
        f"POST /open/shop/info/get HTTP/1.1\r\nHost: h\r\nContent-Type: {FORM}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode() + b"%b0\r\n\r\n" % pieces


def upload(scene: Scene) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in scene.params(UPLOAD, {"uploadType": 1}).items()
    ]
    file = '--b\r\nContent-Disposition: form-data; name="imgBytes"; filename="a"\r\n\r\n'
    body = "".join([*parts, file]).encode() + bytes(range(256)) * 1000 + b"\r\n--b--\r\n"
    return post(body, "/open/item/image/upload", "multipart/form-data; boundary=b")


@each_server
@pytest.mark.parametrize(
    ("request_of", "result"),
    [
        (get, 1),
        (form, 1),
        (chunked, 1),
        (upload, 1),
        (lambda scene: get(scene, "/open/sh%6Fp/info/get"), 1),
        (lambda scene: get(scene, "/open/item/get"), 13),
        (lambda scene: get(scene, sign="0" * 32, signMethod="MD5"), 27),
        (lambda scene: get(scene, access_token=None), 24),
        (lambda scene: get(scene).replace(b"GET", b"PUT", 1), 13),
        (lambda scene: get(scene).replace(b" HTTP", b"&appkey=x HTTP", 1), 13),
        (lambda scene: get(scene).replace(b" HTTP", b"&x=%FF HTTP", 1), 804000),
        (lambda _: post(b"x" * 300), 12),
    ],
)
def test_each_server_gives_the_same_answer(
    house: House, place: Place, request_of: Request, result: int
) -> None:
    scene = Scene(house)
    scene.upstream.data = {"shopName": "晨星小店", "originImgUrl": "o", "kwaiImgUrl": "k"}
    [(status, headers, found)] = told(scene, place, request_of(scene))
    assert (status, found["result"]) == (200, result)
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert headers["x-request-id"] == found["requestId"]
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


@each_server
def test_a_file_reaches_the_upstream_byte_for_byte(house: House, place: Place) -> None:
    scene = Scene(house)
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    told(scene, place, upload(scene))
    [(_, _, body)] = scene.upstream.asked
    assert bytes(range(256)) * 1000 in body
    assert scene.spools.held == 0


@each_server
def test_a_line_is_kept_and_a_head_is_only_a_head(house: House, place: Place) -> None:
    scene = Scene(house)
    scene.upstream.data = {"shopName": "晨星小店"}
    head = b"HEAD /open/shop/info/get HTTP/1.1\r\nHost: h\r\n\r\n"
    found = told(scene, place, get(scene), head, get(scene))
    assert [one[0] for one in found] == [200, 200, 200]
    assert [one[2] and one[2]["result"] for one in found] == [1, None, 1]


@each_server
def test_only_our_own_proxy_is_believed_about_who_came(house: House, place: Place) -> None:
    scene = Scene(house)
    scene.upstream.data = {"shopName": "晨星小店"}
    through = b"X-Forwarded-For: 9.9.9.9, 203.0.113.9\r\n\r\n"
    told(scene, place, get(scene).replace(b"\r\n\r\n", b"\r\n" + through))
    assert scene.logged()[0].client == "203.0.113.0/24"


@each_server
def test_proxies_that_append_a_line_each_are_heard_as_one(house: House, place: Place) -> None:
    scene = Scene(house)
    scene.upstream.data = {"shopName": "晨星小店"}
    through = b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"
    told(scene, place, get(scene).replace(b"\r\n\r\n", b"\r\n" + through))
    assert scene.logged()[0].client == "203.0.113.0/24"


@each_server
def test_what_comes_behind_a_body_is_no_header(house: House, place: Place) -> None:
    scene = Scene(house)
    scene.upstream.data = {"shopName": "晨星小店"}
    request = chunked(scene).replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n", 1)
    behind = b"\r\n0\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n"
    told(scene, place, request.replace(b"\r\n0\r\n\r\n", behind))
    assert scene.logged()[0].client == "203.0.113.0/24"


@each_server
@pytest.mark.parametrize("is_declared", [True, False])
def test_what_is_too_large_is_told_so_and_the_line_is_shut(
    house: House, place: Place, *, is_declared: bool
) -> None:
    request = post(b"x" * 2_000_000)
    if not is_declared:
        request = request.replace(b"Content-Length: 2000000", b"Transfer-Encoding: chunked")
        request = request.replace(b"\r\n\r\n", b"\r\n\r\n1e8480\r\n") + b"\r\n0\r\n\r\n"
    [(_, headers, found)] = told(Scene(house), place, request)
    assert (found["result"], found["sub_code"]) == (804000, "gateway.too-large")
    assert headers["connection"] == "close"


@pytest.mark.parametrize("place", [ours, asgi])
def test_who_still_sends_what_is_too_large_can_read_why(house: House, place: Place) -> None:
    """A line that is closed before its client has done is reset, and the answer lost."""

    async def main() -> None:
        async with asyncio.timeout(20), place(Scene(house)) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(post(b"").replace(b"Content-Length: 0", b"Content-Length: 40000000"))
            for _ in range(10):
                writer.write(b"x" * 4_000_000)
                await asyncio.sleep(0.02)
            await writer.drain()
            assert b"gateway.too-large" in await reader.read()
            writer.close()

    asyncio.run(main())


@each_server
@pytest.mark.parametrize("request_of", [form, chunked, upload])
def test_half_a_body_is_no_call(house: House, place: Place, request_of: Request) -> None:
    scene = Scene(house)

    async def main() -> None:
        async with asyncio.timeout(20), place(scene) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request_of(scene)[:-10])
            writer.write_eof()
            with suppress(ConnectionError):
                assert b'"result":1' not in await reader.read()
            writer.close()

    asyncio.run(main())
    assert scene.upstream.asked == []
    # Granian ends a body in chunks that broke off like a whole one: its signature does not fit.
    refused = {"apps.signature"} if (place, request_of) == (rsgi, chunked) else set()
    assert {call.reason for call in scene.logged()} == refused
