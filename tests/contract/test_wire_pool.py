"""Kept connections against servers that behave, and servers that do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.pool import Limits, Pool

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Act = Callable[[Reader, Writer], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Server:
    """Answers each question on each connection as told; counts connections and questions."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.connections = 0
        self.asked: list[bytes] = []
        self.heard = asyncio.Event()

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                self.heard.set()
                await self.act(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def open(self, limits: Limits | None = None) -> AsyncIterator[Pool]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        pool = Pool(f"http://127.0.0.1:{port}/up", limits)
        try:
            yield pool
        finally:
            await pool.close()
            server.close()


def says(*pieces: bytes, close: bool = False) -> Act:
    """Send these pieces one by one."""

    async def act(_reader: Reader, writer: Writer) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return act


async def ask(
    pool: Pool, body: bytes = b"{}", seconds: float = 5.0, *, again: bool = True
) -> tuple[int, bytes]:
    return await pool.post(b"/api/x", b"X-A: 1\r\n", body, seconds, again=again)


async def refused(pool: Pool, seconds: float = 5.0) -> NoAnswer:
    with pytest.raises(NoAnswer) as no:
        await ask(pool, seconds=seconds)
    return no.value


def test_a_question_goes_out_whole() -> None:
    async def main() -> list[bytes]:
        server = Server(says(OK))
        async with server.open() as pool:
            assert await ask(pool, b"body") == (200, b"ok")
        return server.asked

    [asked] = asyncio.run(main())
    head, _, body = asked.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /up/api/x HTTP/1.1"
    assert {b"X-A: 1", b"Content-Length: 4"} <= set(lines)
    assert lines[1].startswith(b"Host: 127.0.0.1:")
    assert body == b"body"


def test_a_connection_is_kept() -> None:
    async def main() -> int:
        server = Server(says(OK))
        async with server.open() as pool:
            for _ in range(5):
                await ask(pool)
        return server.connections

    assert asyncio.run(main()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (OK,),
        (OK[:10], OK[10:30], OK[30:]),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n",
            b"1\r\nk\r\n0\r\n\r\n",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n", OK),
        (b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n" + OK,),
    ],
)
def test_an_answer_is_read_however_it_comes(answer: tuple[bytes, ...]) -> None:
    async def main() -> tuple[int, bytes]:
        server = Server(says(*answer))
        async with server.open() as pool:
            first = await ask(pool)
            assert await ask(pool) == first
            assert server.connections == 1
            return first

    assert asyncio.run(main()) == (200, b"ok")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nok",
    ],
)
def test_an_answer_that_ends_with_its_connection_is_whole(answer: bytes) -> None:
    async def main() -> int:
        server = Server(says(answer, close=True))
        async with server.open() as pool:
            assert await ask(pool) == (200, b"ok")
            assert await ask(pool) == (200, b"ok")
        return server.connections

    assert asyncio.run(main()) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "closed"),
        (CHUNKED + b"5\r\nab", "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "closed"),
        (b"SSH-2.0-OpenSSH\r\n", "garbled"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "garbled"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "garbled"),
    ],
)
def test_half_an_answer_is_none(answer: bytes, why: str) -> None:
    async def main() -> NoAnswer:
        async with Server(says(answer, close=True)).open() as pool:
            return await refused(pool)

    found = asyncio.run(main())
    assert (found.why, found.sent) == (why, True)


def test_an_answer_past_the_limit_is_not_read_on() -> None:
    async def main() -> NoAnswer:
        large = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000
        async with Server(says(large)).open(Limits(largest=1000)) as pool:
            return await refused(pool)

    assert asyncio.run(main()).why == "too-large"


def test_who_does_not_answer_in_time_is_hung_up_on() -> None:
    async def main() -> tuple[NoAnswer, tuple[int, bytes], int]:
        server = Server(says())
        async with server.open() as pool:
            no = await refused(pool, seconds=0.05)
            server.act = says(OK)
            return no, await ask(pool), server.connections

    no, later, connections = asyncio.run(main())
    assert (no.why, no.sent, later, connections) == ("timeout", True, (200, b"ok"), 2)


def test_a_kept_connection_that_the_server_let_go_costs_nothing() -> None:
    async def main() -> tuple[int, list[bytes]]:
        server = Server(says(OK, close=True))  # says keep-alive, and closes
        async with server.open() as pool:
            for _ in range(3):
                assert await ask(pool) == (200, b"ok")
        return server.connections, server.asked

    connections, asked = asyncio.run(main())
    assert (connections, len(asked)) == (3, 3)


def cuts_off(first: bytes) -> Act:
    """Read the first question, begin to answer with this or nothing, and hang up."""
    asked: list[None] = []

    async def act(_reader: Reader, writer: Writer) -> None:
        asked.append(None)
        if len(asked) > 1:
            writer.write(OK)
            return
        writer.write(first)
        writer.close()

    return act


@pytest.mark.parametrize(
    ("first", "again", "questions"), [(b"", True, 2), (b"", False, 1), (b"HTTP", True, 1)]
)
def test_a_question_is_sent_twice_only_if_it_may_be_and_no_answer_had_begun(
    first: bytes, questions: int, *, again: bool
) -> None:
    async def main() -> tuple[bool, int]:
        server = Server(cuts_off(first))
        async with server.open() as pool:
            answers = await asyncio.gather(ask(pool, again=again), return_exceptions=True)
        return answers[0] == (200, b"ok"), len(server.asked)

    assert asyncio.run(main()) == (questions == 2, questions)


def test_nothing_is_sent_a_third_time() -> None:
    async def main() -> int:
        server = Server(says(close=True))
        async with server.open() as pool:
            await refused(pool)
        return len(server.asked)

    assert asyncio.run(main()) == 2


def test_an_answer_that_nobody_asked_for_is_never_the_next_ones() -> None:
    async def main() -> tuple[int, bytes]:
        server = Server(says(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
        async with server.open() as pool:
            await ask(pool)
            server.act = says(OK)
            found = await ask(pool)
            assert server.connections == 2
            return found

    assert asyncio.run(main()) == (200, b"ok")


def test_who_gives_up_takes_the_connection_along() -> None:
    async def main() -> tuple[tuple[int, bytes], int]:
        server = Server(says())
        async with server.open() as pool:
            asking = asyncio.create_task(ask(pool))
            await server.heard.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            server.act = says(OK)
            return await ask(pool), server.connections

    assert asyncio.run(main()) == ((200, b"ok"), 2)


def test_only_so_many_connections_are_opened_and_the_rest_wait_their_turn() -> None:
    async def main() -> tuple[int, int]:
        server = Server(says(OK))
        async with server.open(Limits(connections=3)) as pool:
            found = await asyncio.gather(*(ask(pool) for _ in range(50)))
        return server.connections, found.count((200, b"ok"))

    assert asyncio.run(main()) == (3, 50)


def test_a_queue_that_is_full_says_so_and_a_turn_that_never_comes_times_out() -> None:
    async def main() -> tuple[NoAnswer, NoAnswer, tuple[int, bytes]]:
        server = Server(says())
        async with server.open(Limits(connections=1, waiting=1)) as pool:
            holding = asyncio.create_task(ask(pool))
            await server.heard.wait()
            waiting = asyncio.create_task(refused(pool, seconds=0.05))
            await asyncio.sleep(0)
            busy = await refused(pool)
            late = await waiting
            holding.cancel()
            server.act = says(OK)
            return busy, late, await ask(pool)

    busy, late, after = asyncio.run(main())
    assert (busy.why, busy.sent) == ("busy", False)
    assert (late.why, late.sent) == ("timeout", False)
    assert after == (200, b"ok")


def test_a_server_that_is_not_there_is_no_answer() -> None:
    async def main() -> NoAnswer:
        return await refused(Pool("http://127.0.0.1:1"))

    found = asyncio.run(main())
    assert (found.why, found.sent) == ("connect", False)


@pytest.mark.parametrize("address", ["ftp://host", "http://", "https://host"])
def test_an_address_that_cannot_be_called_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|TLS"):
        Pool(address)


class Long:
    """A body that is not in memory; may break off."""

    def __init__(self, count: int, breaks_at: int = -1) -> None:
        self.count, self.breaks_at = count, breaks_at
        self.given = 0

    def __len__(self) -> int:
        return self.count * 50_000

    def pieces(self) -> Iterator[bytes]:
        for number in range(self.count):
            if number == self.breaks_at:
                raise OSError("the disk is gone")
            self.given += 1
            yield b"%d" % (number % 10) * 50_000


@asynccontextmanager
async def serving(act: Act) -> AsyncIterator[Pool]:
    """A server that reads as it likes, and has hung up when this ends."""
    under_way: list[asyncio.Task[None]] = []

    async def serve(reader: Reader, writer: Writer) -> None:
        try:
            await act(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def came(reader: Reader, writer: Writer) -> None:
        under_way.append(asyncio.ensure_future(serve(reader, writer)))

    server = await asyncio.start_server(came, "127.0.0.1", 0)
    pool = Pool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield pool
    finally:
        await pool.close()
        server.close()
        await asyncio.gather(*under_way)


def test_a_long_body_goes_as_fast_as_it_is_taken() -> None:
    long = Long(400)

    async def slow(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.2)
        assert long.given < 300  # the rest waits until there is room for it
        body = await reader.readexactly(len(long))
        assert body == b"".join(Long(400).pieces())
        writer.write(OK)

    async def main() -> tuple[int, bytes]:
        async with serving(slow) as pool:
            return await pool.post(b"/", b"", long, 10.0)

    assert asyncio.run(main()) == (200, b"ok")


def test_an_answer_to_half_a_body_is_taken_and_its_line_is_not_used_again() -> None:
    connections: list[Writer] = []

    async def hasty(reader: Reader, writer: Writer) -> None:
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asyncio.sleep(0.1)

    async def main() -> list[tuple[int, bytes]]:
        async with serving(hasty) as pool:
            return [await pool.post(b"/", b"", Long(2000), 10.0) for _ in range(2)]

    assert asyncio.run(main()) == [(200, b"ok"), (200, b"ok")]
    assert len(connections) == 2


def test_a_body_that_breaks_off_is_no_question() -> None:
    async def main() -> None:
        server = Server(says(OK))
        async with server.open() as pool:
            with pytest.raises(NoAnswer):
                await pool.post(b"/", b"", Long(10, breaks_at=5), 10.0)
            assert server.asked == []
            assert await pool.post(b"/", b"", b"x", 10.0) == (200, b"ok")

    asyncio.run(main())
