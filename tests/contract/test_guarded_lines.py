"""The pages' server over real sockets: who is slow, endless, deaf or many, and the good beside."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from shouyue.assembly import running
from shouyue.assembly.guarded import guarded, in_words
from shouyue.assembly.settings import Settings
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.crowd import Crowd, source
from shouyue.doors.wire.proxies import Proxies

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
SHORT = Bounds(request_seconds=0.4, idle_seconds=5.0)


class App:
    """Says how much of a body came, if it came whole; `/much` is answered at length."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.heard.append((scope["path"], "gone"))
                return
            size, more = size + len(message["body"]), message["more_body"]
        self.heard.append((scope["path"], str(size)))
        text = b"y" * 50_000_000 if scope["path"] == "/much" else b"%d" % size
        headers = [(b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})


class Client:
    """One connection, and what it was told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def told(self) -> tuple[int, bytes]:
        """Read one answer: status and body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        lines = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
        return int(head.split()[1]), await self.reader.readexactly(int(lines["content-length"]))

    async def is_over(self) -> bool:
        """Whether nothing more comes."""
        with suppress(ConnectionError):
            return await self.reader.read() == b""
        return True

    async def served(self) -> bool:
        self.writer.write(GET)
        return await self.told() == (200, b"0")


class Place:
    """A server that runs, and ways to it."""

    def __init__(self, port: int, app: App, server: uvicorn.Server) -> None:
        self.app, self.server, self._port = app, server, port
        self._clients: list[Client] = []

    async def client(self) -> Client:
        self._clients.append(Client(*await asyncio.open_connection("127.0.0.1", self._port)))
        return self._clients[-1]

    def leave(self) -> None:
        for one in self._clients:
            one.writer.close()


Scene = Callable[[Place], Awaitable[None]]


def play(scene: Scene, bounds: Bounds, trusted: tuple[str, ...] = ()) -> App:
    """Serve as `shouyue serve` does, but with other bounds."""
    app = App()
    settings = Settings.model_construct(tls=None, trusted_proxies=trusted)
    made = running.server(settings, app).config
    crowd = Crowd(bounds.lines, bounds.each, Proxies(trusted))
    made.http_protocol_class = guarded(bounds, crowd, in_words)
    serve(scene, made, app)
    return app


def serve(scene: Scene, made: uvicorn.Config, app: App) -> None:
    """Play a scene before a server."""

    async def main() -> None:
        server = uvicorn.Server(made)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            task = asyncio.create_task(server.serve([listening]))
            while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)
            place = Place(listening.getsockname()[1], app, server)
            try:
                async with asyncio.timeout(20):
                    await scene(place)
            finally:
                place.leave()
                server.should_exit = True
                await task

    asyncio.run(main())


async def drip(client: Client, piece: bytes) -> None:
    """Send so many bytes, one after the other, until hung up on."""
    with suppress(ConnectionError):
        while not client.writer.is_closing():
            client.writer.write(piece)
            await client.writer.drain()
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (b"GET /slow", b"w"),
        (b"GET /slow HTTP/1.1\r\nX: ", b"y"),
        (b"GET /slow HTTP/1.1\r\n", b"X: y\r\n"),
        (b"POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n", b"z"),
        (b"POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
    ],
)
def test_who_drips_is_told_so_and_hung_up_on_and_the_good_is_served(
    begun: bytes, drop: bytes
) -> None:
    async def scene(place: Place) -> None:
        slow, good = await place.client(), await place.client()
        slow.writer.write(begun)
        dripping = asyncio.create_task(drip(slow, drop))
        assert await good.served()
        assert (await slow.told())[0] == 408
        assert await slow.is_over()
        assert await (await place.client()).served()
        dripping.cancel()

    heard = play(scene, SHORT).heard
    assert [what for path, what in heard if path == "/slow"] in ([], ["gone"])


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (b"GET /", b"w" * 65_536),
        (b"GET /a HTTP/1.1\r\nX: ", b"y" * 65_536),
        (b"GET /a HTTP/1.1\r\n", b"X: y\r\n" * 10_000),
        (b"GET /a HTTP/1.1\r\n", b"X" * 65_536),
        (b"", b"\r\n" * 32_768),
    ],
)
def test_a_head_that_never_ends_is_read_to_its_bound_and_no_further(
    begun: bytes, more: bytes
) -> None:
    async def scene(place: Place) -> None:
        client = await place.client()
        client.writer.write(begun)
        with suppress(ConnectionError):
            for _ in range(100):
                client.writer.write(more)
                await client.writer.drain()
                await asyncio.sleep(0)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            assert (await client.told())[0] == 431
        assert await client.is_over()
        assert await (await place.client()).served()

    assert play(scene, Bounds()).heard == [("/a", "0")]


def test_a_trailer_that_never_ends_is_read_to_its_bound_and_no_further() -> None:
    async def scene(place: Place) -> None:
        client = await place.client()
        head = b"POST /t HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.writer.write(head + b"1\r\nz\r\n0\r\nX: ")
        for _ in range(5):
            client.writer.write(b"y" * 10_000)
            await asyncio.sleep(0.02)
        assert (await client.told())[0] == 431
        assert await client.is_over()

    assert play(scene, Bounds()).heard == [("/t", "gone")]


def test_lines_that_say_nothing_are_let_go() -> None:
    async def scene(place: Place) -> None:
        idle = [await place.client() for _ in range(50)]
        good = await place.client()
        assert await good.served()
        for one in (*idle, good):
            assert await one.is_over()

    play(scene, Bounds(idle_seconds=0.4))


def test_a_line_end_is_no_word() -> None:
    async def scene(place: Place) -> None:
        client = await place.client()
        client.writer.write(b"\r\n")
        assert await client.is_over()

    play(scene, Bounds(idle_seconds=0.4))


def test_who_is_answered_early_may_not_send_on_for_ever() -> None:
    async def scene(place: Place) -> None:
        client = await place.client()
        client.writer.write(b"POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n")
        assert (await client.told())[0] == 200
        dripping = asyncio.create_task(drip(client, b"z"))
        assert (await client.told())[0] == 408
        assert await client.is_over()
        dripping.cancel()

    play(scene, SHORT)


def test_who_does_not_read_the_answer_is_hung_up_on() -> None:
    async def scene(place: Place) -> None:
        deaf = await place.client()
        deaf.writer.write(GET.replace(b"/a", b"/much"))
        await asyncio.sleep(0.2)
        assert len(place.server.server_state.connections) == 1
        async with asyncio.timeout(5):
            while place.server.server_state.connections:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)

    play(scene, SHORT)


def test_a_host_holds_so_many_lines_and_the_next_is_told_why() -> None:
    async def scene(place: Place) -> None:
        lines = [await place.client() for _ in range(3)]
        for one in lines:
            assert await one.served()
        for _ in range(5):
            late = await place.client()
            assert (await late.told())[0] == 429
            assert await late.is_over()
        assert await lines[0].served()
        lines[1].writer.close()
        await asyncio.sleep(0.1)
        assert await (await place.client()).served()

    play(scene, Bounds(each=3))


def test_an_operator_says_how_many_lines_a_host_holds() -> None:
    async def scene(place: Place) -> None:
        lines = [await place.client() for _ in range(3)]
        assert [await one.served() for one in lines[:2]] == [True, True]
        assert (await lines[2].told())[0] == 429

    app = App()
    settings = Settings.model_construct(
        tls=None, trusted_proxies=("10.0.0.1",), connections_per_address=2
    )
    serve(scene, running.server(settings, app).config, app)


def test_a_trusted_proxy_holds_as_many_as_there_are_and_no_more() -> None:
    async def scene(place: Place) -> None:
        for _ in range(8):
            assert await (await place.client()).served()
        assert (await (await place.client()).told())[0] == 503

    play(scene, Bounds(lines=8, each=3), trusted=("127.0.0.1",))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_host_is_an_address_or_a_subscribers_network(address: str, host: str) -> None:
    assert source(address) == host


def test_lines_are_counted_by_host_and_forgotten_when_they_close() -> None:
    crowd = Crowd(6, 2, Proxies(["10.0.0.0/8"]))
    assert [crowd.came(f"2001:db8::{n}") for n in range(3)] == [0, 0, 429]
    assert [crowd.came("2001:db8:0:1::1"), crowd.came("10.9.8.7")] == [0, 0]
    crowd.went("2001:db8::7")
    crowd.went("2001:db8::8")
    assert [crowd.came("10.9.8.7") for _ in range(4)] == [0, 0, 0, 503]
