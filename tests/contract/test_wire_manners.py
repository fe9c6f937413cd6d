"""What HTTP asks of a server beyond answering (RFC 9110, RFC 9112), over real sockets."""

import asyncio

import pytest

from shouyue.doors.wire.bounds import Bounds
from tests.talking import GET, Line, talk


def test_the_body_is_asked_for_once_the_answers_before_it_are_given() -> None:
    async def scene(line: Line) -> None:
        line.send(b"GET /wait HTTP/1.1\r\nHost: h\r\n\r\n")
        line.send(
            b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        )
        await asyncio.sleep(0.05)
        line.desk.go.set()
        assert (await line.answer())[2] == b"/wait|"
        assert await line.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.send(b"abc")
        assert (await line.answer())[2] == b"/p|abc"

    talk(scene)


@pytest.mark.parametrize(
    "head",
    [b"POST /p HTTP/1.0\r\nContent-Length: 0", b"GET /p HTTP/1.1\r\nHost: h"],
)
def test_who_cannot_wait_to_be_asked_is_not_asked(head: bytes) -> None:
    async def scene(line: Line) -> None:
        line.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert (await line.answer())[0] == 200

    talk(scene)


@pytest.mark.parametrize(
    ("address", "path", "query"),
    [
        (b"http://h:80/open/a?b=1", "/open/a", b"b=1"),
        (b"HTTPS://h/open/%61", "/open/a", b""),
        (b"http://h", "/", b""),
        (b"http://h?b=/", "/", b"b=/"),
        (b"/http://h/a", "/http://h/a", b""),
    ],
)
def test_an_address_may_be_spelt_in_full(address: bytes, path: str, query: bytes) -> None:
    async def scene(line: Line) -> None:
        line.send(b"GET " + address + b" HTTP/1.1\r\nHost: h\r\n\r\n")
        await line.answer()
        assert [(call.path, call.query) for call in line.desk.heard] == [(path, query)]

    talk(scene)


def test_what_comes_behind_a_body_is_no_header() -> None:
    async def scene(line: Line) -> None:
        line.send(
            b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nab\r\n0\r\nX-Forwarded-For: 8.8.8.8\r\nHost: other\r\n\r\n" + GET
        )
        assert [(await line.answer())[0] for _ in range(2)] == [200, 200]
        assert line.desk.heard[0].client == "127.0.0.1"
        assert dict(line.desk.heard[0].headers) == {"host": "h", "transfer-encoding": "chunked"}

    talk(scene, trusted=("127.0.0.1",))


def test_one_of_http_1_0_is_told_that_the_line_stays() -> None:
    async def scene(line: Line) -> None:
        for _ in range(2):
            line.send(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert (await line.answer())[1]["connection"] == "keep-alive"

    talk(scene)


def test_who_says_no_more_is_still_answered() -> None:
    async def scene(line: Line) -> None:
        line.send(
            b"GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"
            + GET
            + b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9"
        )
        line.say_no_more()
        await asyncio.sleep(0.05)
        line.desk.go.set()
        assert [(await line.answer())[2] for _ in range(2)] == [b"/wait|", b"/open/a|"]
        assert await line.is_over()

    talk(scene)


def test_who_sends_too_much_can_read_why_although_still_sending() -> None:
    async def scene(line: Line) -> None:
        line.send(b"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n")
        for _ in range(10):
            line.send(b"x" * 4_000_000)
            await asyncio.sleep(0.01)
        assert (await line.answer())[0] == 413
        assert await line.is_over()

    talk(scene)


def test_who_never_ends_what_is_too_much_is_hung_up_on() -> None:
    async def scene(line: Line) -> None:
        line.send(b"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n")
        assert (await line.answer())[0] == 413
        with pytest.raises(ConnectionError):
            for _ in range(100):
                line.send(b"x")
                await asyncio.sleep(0.05)
                await line.drain()

    talk(scene, Bounds(request_seconds=0.2))
