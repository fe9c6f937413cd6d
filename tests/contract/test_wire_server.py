"""Our own HTTP server over real sockets: order, bounds, patience, and a clean end."""

import asyncio
from datetime import UTC, datetime

import pytest

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.server import Server
from tests import lines
from tests.talking import GET, Desk, Line, talk

TO_H = b" HTTP/1.1\r\nHost: h\r\n"


def test_a_request_arrives_as_it_was_sent_and_the_line_is_kept() -> None:
    async def scene(line: Line) -> None:
        for _ in range(2):
            line.send(GET)
            status, headers, body = await line.answer()
            assert (status, body) == (200, b"/open/a|")
            assert headers["date"] == "Mon, 23 Nov 2026 02:00:00 GMT"
            assert "connection" not in headers

    heard = talk(scene).heard
    assert len(heard) == 2
    call = heard[0]
    assert (call.method, call.path, call.query, call.client) == (
        "GET",
        "/open/a",
        b"b=%20c",
        "127.0.0.1",
    )
    assert call.headers["x-one"] == "1"


@pytest.mark.parametrize(
    ("trusted", "client"), [((), "127.0.0.1"), (("127.0.0.1", "10.0.0.1"), "203.0.113.9")]
)
def test_only_our_own_proxy_is_believed_about_who_came(
    trusted: tuple[str, ...], client: str
) -> None:
    async def scene(line: Line) -> None:
        line.send(b"GET /" + TO_H + b"X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.1\r\n\r\n")
        await line.answer()

    assert talk(scene, trusted=trusted).heard[0].client == client


def test_a_body_comes_whole_however_it_is_cut() -> None:
    async def scene(line: Line) -> None:
        for piece in (b"POST /p" + TO_H + b"Content-Le", b"ngth: 6\r\n\r\nabc", b"def"):
            line.send(piece)
            await asyncio.sleep(0.01)
        assert (await line.answer())[2] == b"/p|abcdef"
        line.send(b"POST /q" + TO_H + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert (await line.answer())[2] == b"/q|abc"

    talk(scene)


def test_requests_sent_at_once_are_answered_in_their_order() -> None:
    async def scene(line: Line) -> None:
        line.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % number for number in range(50)))
        for number in range(50):
            assert (await line.answer())[2] == b"/%d|" % number

    talk(scene)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /small" + TO_H + b"Content-Length: 11\r\n\r\n", 413),
        (b"POST /small" + TO_H + b"Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n", 413),
        (b"GET /" + TO_H + b"X: " + b"y" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 431),
        (b"no HTTP at all\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"POST /" + TO_H + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /" + TO_H + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_taken_is_told_so_once_and_hung_up_on(sent: bytes, status: int) -> None:
    async def scene(line: Line) -> None:
        line.send(sent + GET)
        said, headers, _ = await line.answer()
        assert said == status
        assert headers["connection"] == "close"
        assert await line.is_over()

    assert talk(scene).heard == []


def test_a_refusal_waits_for_the_answers_before_it() -> None:
    async def scene(line: Line) -> None:
        line.send(b"GET /wait" + TO_H + b"\r\nnonsense\r\n\r\n")
        await asyncio.sleep(0.05)
        line.desk.go.set()
        assert (await line.answer())[2] == b"/wait|"
        assert (await line.answer())[0] == 400
        assert await line.is_over()

    talk(scene)


@pytest.mark.parametrize("sent", [b"GET / HT", b"POST /" + TO_H + b"Content-Length: 5\r\n\r\nab"])
def test_who_sends_too_slowly_is_told_so(sent: bytes) -> None:
    async def scene(line: Line) -> None:
        line.send(sent)
        assert (await line.answer())[0] == 408
        assert await line.is_over()

    assert talk(scene, Bounds(request_seconds=0.1)).heard == []


def test_an_idle_line_is_let_go_without_a_word() -> None:
    async def scene(line: Line) -> None:
        line.send(GET)
        await line.answer()
        assert await line.is_over()

    talk(scene, Bounds(idle_seconds=0.1))


def test_a_host_holds_so_many_lines_and_the_next_is_told_why() -> None:
    async def run() -> list[int]:
        server = Server(Desk(), lambda: datetime(2026, 11, 23, tzinfo=UTC), Bounds(each=2))
        port = await server.open("127.0.0.1", 0)
        first, second = await Line.to(Desk(), port), await Line.to(Desk(), port)
        told = []
        for _ in range(3):
            late = await Line.to(Desk(), port)
            told.append((await late.answer())[0])
            assert await late.is_over()
            await late.close()
        await second.close()
        await asyncio.sleep(0.05)
        third = await Line.to(Desk(), port)
        for line in (first, third):
            line.send(GET)
            told.append((await line.answer())[0])
            await line.close()
        await server.close(1.0)
        return told

    assert asyncio.run(run()) == [429, 429, 429, 200, 200]


class Deaf(lines.Line):
    """A line whose last bytes nobody takes, so that closing it waits for ever."""

    is_asked_to_close = False

    def close(self) -> None:
        self.is_asked_to_close = True

    def is_closing(self) -> bool:
        return self.is_asked_to_close


def test_who_does_not_read_the_last_answer_either_is_hung_up_on() -> None:
    async def run() -> None:
        deaf = Deaf(lines.Repeating(), Bounds(request_seconds=0.1))
        deaf.send([b"GET /" + TO_H + b"Connection: close\r\n\r\n"])
        assert (deaf.is_asked_to_close, deaf.is_over) == (True, False)
        async with asyncio.timeout(5):
            while not deaf.is_over:  # noqa: ASYNC110 - the world's end tells nobody
                await asyncio.sleep(0.02)

    asyncio.run(run())


def test_who_does_not_read_is_made_no_more_answers_and_hung_up_on() -> None:
    async def scene(line: Line) -> None:
        line.send(b"GET /much HTTP/1.1\r\nHost: h\r\n\r\n" * 200)
        await asyncio.sleep(0.6)
        assert len(line.desk.heard) < 100

    talk(scene, Bounds(request_seconds=0.2))


def test_a_client_is_asked_for_the_body_it_wants_to_be_asked_for() -> None:
    async def scene(line: Line) -> None:
        line.send(b"POST /p" + TO_H + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert await line.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.send(b"abc")
        assert (await line.answer())[2] == b"/p|abc"

    talk(scene)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /a HTTP/1.0",
        b"GET /a" + TO_H + b"Connection: close",
        b"GET /a" + TO_H + b"Connection: upgrade\r\nUpgrade: websocket",
    ],
)
def test_who_wants_one_answer_gets_one(sent: bytes) -> None:
    async def scene(line: Line) -> None:
        line.send(sent + b"\r\n\r\n")
        _, headers, body = await line.answer()
        assert body == b"/a|"
        assert headers["connection"] == "close"
        assert await line.is_over()

    talk(scene)


def test_a_server_that_closes_lets_what_is_under_way_end() -> None:
    async def run() -> bytes:
        desk = Desk()
        server = Server(desk, lambda: datetime(2026, 11, 23, tzinfo=UTC))
        port = await server.open("127.0.0.1", 0)
        busy, idle = await Line.to(desk, port), await Line.to(desk, port)
        busy.send(b"GET /wait HTTP/1.1\r\nHost: h\r\n\r\n")
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(server.close(5.0))
        assert await idle.is_over()
        desk.go.set()
        _, headers, body = await busy.answer()
        assert headers["connection"] == "close"
        await closing
        with pytest.raises(ConnectionRefusedError):
            await Line.to(desk, port)
        await busy.close()
        await idle.close()
        return body

    assert asyncio.run(run()) == b"/wait|"
