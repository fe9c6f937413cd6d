"""Bytes that no honest client sends: never a crash, never two meanings, never more than is due."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.types import Answer, Call
from tests.lines import Line, Repeating

GET = b"GET /open/a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /open/b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na=b&c"
CHUNKED = (
    b"POST /open/c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\na=b\r\n2;ext=1\r\n&c\r\n0\r\nTrailer: x\r\n\r\n"
)
ASKING = b"POST /open/d HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
TAKEN = POST.replace(b"Host: h", b"X-Take: 100")
GOOD = [GET, POST, CHUNKED, ASKING, TAKEN]
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"
SPICES = [b"\0", b"\r\n", b"\n", b" ", b"\xff", b"%00", b"\t", b":", b"0\r\n\r\n", b"HTTP/1.1"]


def inside(act: Callable[[], Any]) -> Any:
    """Run on a loop, which the listener's timers need."""

    async def main() -> Any:
        return act()

    return asyncio.run(main())


def heard(octets: list[bytes], bounds: Bounds | None = None) -> tuple[list[Call], Line]:
    """What the desk heard of these pieces, and the line they came over."""
    desk = Repeating()
    line = Line(desk, bounds).send(octets)
    line.end()
    assert line.bodies == 0
    assert [one.closed for one in desk.takers] == [1] * len(desk.takers)
    return desk.heard, line


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Good requests one after the other, with some bytes changed, moved or left out."""
    whole = bytearray(b"".join(draw(st.lists(st.sampled_from(GOOD), min_size=1, max_size=3))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(whole)))
        until = draw(st.integers(at, min(len(whole), at + 12)))
        here = st.just(bytes(whole[at:until]))
        new = draw(st.sampled_from(SPICES) | st.binary(max_size=3) | here)
        whole[at:until] = new * draw(st.integers(0, 2))
    return bytes(whole)


@given(octets=st.binary(max_size=300) | spoilt())
def test_whatever_comes_is_answered_whole_or_refused_once_and_hung_up_on(octets: bytes) -> None:
    def act() -> None:
        calls, line = heard([octets])
        answers = line.answers()
        refused = [status for status, _ in answers if status != 200]
        assert len(answers) - len(refused) == len(calls)
        assert len(refused) <= 1
        assert not refused or answers[-1][0] == refused[0]

    inside(act)


@given(octets=spoilt(), data=st.data())
def test_however_it_is_cut_it_means_the_same(octets: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(octets)), max_size=8)))
    pieces = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True) if a < b]

    def act() -> None:
        at_once, one = heard([octets])
        in_pieces, other = heard(pieces)
        assert at_once == in_pieces
        assert one.answers() == other.answers()

    inside(act)


def smuggled(*lines: bytes, body: bytes = b"") -> bytes:
    head = b"\r\n".join([b"POST /open/a HTTP/1.1", b"Host: h", *lines])
    return head + b"\r\n\r\n" + body + HIDDEN


CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "octets",
    [
        smuggled(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=CHUNKS),
        smuggled(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=CHUNKS),
        smuggled(b"Content-Length: 0", b"Content-Length: 38", body=b""),
        smuggled(b"Content-Length: 38", b"Content-Length: 38", body=b""),
        smuggled(b"Content-Length: 0, 38"),
        smuggled(b"Content-Length: +0"),
        smuggled(b"Content-Length: -1"),
        smuggled(b"Content-Length: 0x0"),
        smuggled(b"Content-Length: 99999999999999999999"),
        smuggled(b"Content-Length : 0"),
        smuggled(b"Transfer-Encoding: chunked, identity", body=CHUNKS),
        smuggled(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=CHUNKS),
        smuggled(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=CHUNKS),
        smuggled(b"Transfer-Encoding : chunked", body=CHUNKS),
        smuggled(b"Transfer-Encoding:\x0bchunked", body=CHUNKS),
        smuggled(b"X: y\nTransfer-Encoding: chunked", body=CHUNKS),
        smuggled(b"X: y\rTransfer-Encoding: chunked", body=CHUNKS),
        smuggled(b"X: y\0z"),
        smuggled(b"\0X: y"),
        smuggled(b"X y: z"),
        smuggled(b": z"),
        smuggled(b"Transfer-Encoding: chunked", body=b"-1\r\n"),
        smuggled(b"Transfer-Encoding: chunked", body=b"fffffffffffffffff\r\n"),
        smuggled(b"Transfer-Encoding: chunked", body=b"5 \r\nhello\r\n0\r\n\r\n"),
        smuggled(b"Transfer-Encoding: chunked", body=b"3\r\nhello\r\n0\r\n\r\n"),
        smuggled(b"Transfer-Encoding: chunked", body=b"5\nhello\r\n0\r\n\r\n"),
        smuggled(b"Host: other"),
        smuggled(b"Content-Type: text/plain", b"Content-Type: application/json"),
        smuggled(b"Content-Length: 38").replace(b"HTTP/1.1", b"HTTP/9.9", 1),
        b"GET /open/a HTTP/1.1 \r\nHost: h\r\n\r\n" + HIDDEN,
        b"GET /open/a b HTTP/1.1\r\nHost: h\r\n\r\n" + HIDDEN,
        b"G@T /open/a HTTP/1.1\r\nHost: h\r\n\r\n" + HIDDEN,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + HIDDEN,
    ],
)
def test_a_request_of_two_meanings_is_refused_and_hides_no_other(octets: bytes) -> None:
    inside(lambda: hides_nothing(octets, 400))


@pytest.mark.parametrize("coding", [b"xchunked", b"identity", b"gzip", b"gzip, chunked"])
def test_a_coding_that_is_not_known_here_is_refused_and_hides_no_request(coding: bytes) -> None:
    """RFC 9112, 6.1: taken as it is, the body would not be what its sender signed."""
    inside(lambda: hides_nothing(smuggled(b"Transfer-Encoding: " + coding, body=CHUNKS), 501))


def hides_nothing(octets: bytes, status: int) -> None:
    calls, line = heard([octets])
    assert [call.path for call in calls if call.path == "/hidden"] == []
    assert line.is_over
    assert [one for one, _ in line.answers()][-1:] == [status]


@pytest.mark.parametrize(("version", "statuses"), [(b"1.1", [400]), (b"1.0", [200])])
def test_a_request_of_http_1_1_names_its_host(version: bytes, statuses: list[int]) -> None:
    """RFC 9112, 3.2."""

    def act() -> None:
        _, line = heard([b"GET /open/a HTTP/%b\r\n\r\n" % version])
        assert [status for status, _ in line.answers()] == statuses

    inside(act)


MANY = b"".join(b"X-%d: y\r\n" % n for n in range(9_000))


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (
            b"GET / HTTP/1.1\r\nHost: h\r\n"
            + b"".join(b"X-%d: y\r\n" % n for n in range(9_000))
            + b"\r\n",
            431,
        ),
        (b"POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 413),
        (
            b"POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n"
            + b"x" * 11,
            413,
        ),
    ],
)
def test_what_is_too_large_is_told_so_however_it_comes(octets: bytes, status: int) -> None:
    def act() -> None:
        for pieces in ([octets], [octets[at : at + 97] for at in range(0, len(octets), 97)]):
            calls, line = heard(pieces)
            assert (calls, line.is_over) == ([], True)
            assert [one for one, _ in line.answers()] == [status]

    inside(act)


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: h\r\nX: ",
        b"GET / HTTP/1.1\r\nHost: h\r\nX",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
    ],
)
def test_what_never_ends_is_read_to_its_bound_and_no_further(begun: bytes) -> None:
    """The parser keeps the piece of a name or value that it has not told of yet."""

    def act() -> None:
        calls, line = heard([begun, *[b"y" * 1000] * 70])
        assert (calls, line.is_over) == ([], True)
        assert [one for one, _ in line.answers()] == [431]

    inside(act)


def test_pieces_as_long_as_requests_are_not_taken_for_one_that_never_ends() -> None:
    def act() -> None:
        long = GET.replace(b"x=1", b"x=" + b"1" * 5000)
        octets = long * 40
        pieces = [octets[at : at + len(long)] for at in range(60, len(octets), len(long))]
        calls, _ = heard([octets[:60], *pieces])
        assert len(calls) == 40

    inside(act)


def taken(size: int, room: int = 2000) -> bytes:
    return b"POST /t HTTP/1.1\r\nHost: h\r\nX-Take: %d\r\nContent-Length: %d\r\n\r\n" % (room, size)


@pytest.mark.parametrize(
    ("octets", "statuses"),
    [
        ([taken(400), b"a" * 400], [200]),
        ([taken(400), b"a" * 100], []),
        ([taken(400, room=300), b"a" * 200, b"a" * 200, HIDDEN], [507]),
        ([taken(1001), b"a"], [413]),
        ([taken(1000).replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked")]
         + [b"1f4\r\n" + b"a" * 500 + b"\r\n"] * 3, [413]),
        ([taken(2) + b"ab" + taken(3) + b"abc" + taken(4) + b"ab"], [200, 200]),
    ],
)  # fmt: skip
def test_who_takes_a_body_is_closed_once_whatever_becomes_of_it(
    octets: list[bytes], statuses: list[int]
) -> None:
    def act() -> None:
        calls, line = heard(octets)
        assert [status for status, _ in line.answers()] == statuses
        assert len(calls) == statuses.count(200)
        assert all(call.body == b"" for call in calls)

    inside(act)


def test_bodies_that_are_taken_and_wait_are_closed_when_their_line_is_gone() -> None:
    async def main() -> None:
        desk = Slow()
        line = Line(desk).send([(taken(2) + b"ab") * 3 + taken(2) + b"a"])
        assert [one.closed for one in desk.takers] == [0, 0, 0, 0]
        line.end()
        assert [one.closed for one in desk.takers] == [0, 1, 1, 1]
        desk.go.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [one.closed for one in desk.takers] == [1, 1, 1, 1]
        assert len(desk.heard) == 1

    asyncio.run(main())


class Slow(Repeating):
    """Answers when it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def answer(self, call: Call) -> Answer:
        self.heard.append(call)
        await self.go.wait()
        return Answer(200, b"", {})


def test_bodies_of_all_lines_together_have_their_bound() -> None:
    def act() -> None:
        long = POST.replace(b"Content-Length: 5", b"Content-Length: 200")
        calls, _ = heard([long, b"x" * 195])
        assert len(calls) == 1
        calls, line = heard([long, b"x" * 150], Bounds(bodies=100))
        assert calls == []
        assert [status for status, _ in line.answers()] == [503]

    inside(act)


@pytest.mark.parametrize(
    "path", [b"/%", b"/%zz", b"/%00", b"/%ff%fe", b"/..%2f", b"//h/open", b"*", b"/\xff"]
)
def test_an_odd_path_is_only_an_odd_path(path: bytes) -> None:
    def act() -> None:
        calls, line = heard([b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n\r\n"])
        assert len(calls) + len([status for status, _ in line.answers() if status == 400]) == 1

    inside(act)
