"""Calls that no honest client makes, at the gateway itself: the envelope, never our fault."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouyue.doors.gateway import reading
from shouyue.doors.gateway.plain import Plain
from shouyue.doors.gateway.types import Call
from shouyue.doors.wire import parts
from shouyue.doors.wire.bounds import Bounds
from shouyue.doors.wire.server import Server
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.spools.service import Kept
from tests.callers import FORM, Scene
from tests.house import open_house

SHOP, ITEM = "open.shop.info.get", "open.item.get"
NAMES = ("appkey", "method", "version", "access_token", "timestamp", "signMethod", "param", "sign")
KINDS = (
    "",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=gbk",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    'multipart/form-data; boundary="',
    "application/json",
    "\0;;=",
)
ODD = (
    *("", "\0", "0", "-1", "1e999", "NaN", "null", "[]", "{", '{"a":', "[" * 5000, "9" * 400),
    *("ks", "ks" + "9" * 18, "HMAC_SHA256", "md5", "1795399200000", "٣" * 13, "open.item.get"),
    *("\ud800", "A" * 5000, "' OR 1=1 --", "../../etc/passwd", "%00", "a&b=c", "&signSecret="),
)
HEADER = st.text(st.characters(max_codepoint=255), max_size=40)  # as the wire decodes it
FUZZ = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@pytest.fixture
def scene(tmp_path: Path, sqlite_template: Path) -> Iterator[Scene]:
    copy = tmp_path / "shouyue.db"
    copy.write_bytes(sqlite_template.read_bytes())
    with open_house(f"sqlite:///{copy}") as house:
        yield Scene(house)


def answered(scene: Scene, call: Call) -> dict[str, Any]:
    answer = scene.answer(call)
    assert answer.status in {200, 404}
    found: dict[str, Any] = json.loads(answer.body)
    assert found["result"] != 11, found
    if found["result"] != 1:
        assert {"sub_code", "sub_msg", "error_msg", "requestId"} <= found.keys()
        assert found["sub_code"]
    return found


@FUZZ
@given(data=st.data())
def test_any_bytes_get_the_envelope(scene: Scene, data: st.DataObject) -> None:
    octets = st.binary(max_size=80)
    call = Call(
        data.draw(st.sampled_from(["GET", "POST", "PUT", "\0"])),
        data.draw(st.sampled_from(["/open", "/open/item/get", "/open/open/x", "/open/\0", "/x"])),
        data.draw(octets),
        {"content-type": data.draw(st.sampled_from(KINDS) | HEADER)},
        data.draw(octets),
        data.draw(st.sampled_from(["203.0.113.9", "", "::ffff:1.2.3.4", "fe80::1%x", "nonsense"])),
    )
    assert answered(scene, call)["result"] != 1


@FUZZ
@given(data=st.data())
def test_a_good_call_with_odd_values_is_refused_for_its_reason(
    scene: Scene, data: st.DataObject
) -> None:
    """Signed anew after it was spoilt, so that it comes as far as it can."""
    changed = data.draw(
        st.dictionaries(
            st.sampled_from(NAMES[:-1]), st.sampled_from(ODD) | st.text(max_size=20), max_size=2
        )
    )
    params = scene.params(ITEM, {"kwaiItemId": 1})
    del params["sign"]
    try:
        whole = scene.params(ITEM, **{**params, **changed})
        body = urlencode(whole).encode()
    except UnicodeEncodeError:  # no client can sign half a surrogate pair
        pairs = {**params, **changed, "sign": "x"}
        body = "&".join(
            f"{name}={quote(value.encode(errors='surrogatepass'))}" for name, value in pairs.items()
        ).encode()
    scene.house.clock.forward(seconds=1)  # no limit of a second stands in the way
    asked = len(scene.upstream.asked)
    told = answered(scene, Call("POST", "/open/item/get", b"", FORM, body))
    assert told["result"] == 1 or len(scene.upstream.asked) == asked


@given(body=st.binary(max_size=200), boundary=st.binary(max_size=75), cut=st.integers(1, 200))
def test_a_multipart_parser_returns_or_says_that_it_cannot(
    body: bytes, boundary: bytes, cut: int
) -> None:
    told: list[object] = []
    for pieces in ([body], [body[at : at + cut] for at in range(0, len(body), cut)]):
        form = parts.Multipart(boundary, 64, "imgBytes", Kept)
        for piece in pieces:
            form.take(piece)
        try:
            form.end()
        except ValueError:
            told.append(None)
        else:
            told.append(form.texts)
            assert sum(len(content) for _, content in form.texts) <= len(body)
        form.close()
    assert told[0] == told[1]


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n'


@given(data=st.data())
def test_a_spoilt_multipart_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(PART * 2 + b"--b--\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 5))] = data.draw(
            st.sampled_from([b"\r\n", b"--b", b"\0", b'"', b";", b"\xff", b"--", b""])
        )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    try:
        reading.read(Call("POST", "/open", b"", headers, bytes(whole)))
    except Refusal as no:
        assert no.code in {"gateway.malformed", "gateway.given-twice"}  # noqa: PT017


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ("method=open.item.get&method=open.shop.info.get", "", "gateway.given-twice"),
        ("method=open.item.get", "method=open.shop.info.get", "gateway.given-twice"),
        ("%6dethod=open.item.get", "method=open.shop.info.get", "gateway.given-twice"),
        ("appkey=%ff", "", "gateway.malformed"),
        ("appkey=%00", "", "gateway.malformed"),
        ("&".join(f"p{n}=" for n in range(65)), "", "gateway.malformed"),
        ("", "&".join(f"p{n}=" for n in range(65)), "gateway.malformed"),
    ],
)
def test_what_says_two_things_or_cannot_be_read_goes_no_further(
    scene: Scene, query: str, body: str, code: str
) -> None:
    call = Call("POST", "/open/item/get", query.encode(), FORM, body.encode())
    assert answered(scene, call)["sub_code"] == code
    assert scene.upstream.asked == []


def test_a_path_against_its_method_is_refused(scene: Scene) -> None:
    body = urlencode(scene.params(SHOP)).encode()
    call = Call("POST", "/open/item/get", b"", FORM, body)
    assert answered(scene, call)["sub_code"] == "gateway.method-mismatch"


class Client:
    """A caller over a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def told(self) -> dict[str, Any]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        found: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return found

    async def call(self, scene: Scene) -> dict[str, Any]:
        query = urlencode(scene.params(SHOP))
        self.writer.write(f"GET /open/shop/info/get?{query} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        return await self.told()


def test_a_flood_of_lines_is_turned_away_and_a_good_caller_is_served(scene: Scene) -> None:
    async def main() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        server = Server(Plain(scene.gateway, scene.spools), scene.house.clock, Bounds(lines=20))
        port = await server.open("127.0.0.1", 0)
        lines = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(20)]
        good, served = lines[0], [await lines[0].call(scene)]
        refused = []
        for _ in range(30):
            late = Client(*await asyncio.open_connection("127.0.0.1", port))
            refused.append(await late.told())
            assert await late.reader.read() == b""
            late.writer.close()
        served.append(await good.call(scene))
        for line in lines:
            line.writer.close()
        await server.close(1.0)
        await scene.gateway.close()
        return served, refused

    served, refused = asyncio.run(main())
    assert [one["result"] for one in served] == [1, 1]
    assert {(one["result"], one["sub_code"]) for one in refused} == {(802000, "gateway.too-busy")}


def test_bodies_that_are_held_back_fill_no_memory_and_a_good_caller_is_served(
    scene: Scene,
) -> None:
    """Ten lines begin a large upload and never end it: what is held of all stays bounded."""
    most = 200_000
    head = b"POST /open/item/image/upload HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n"

    async def main() -> tuple[int, int, dict[str, Any]]:
        server = Server(Plain(scene.gateway, scene.spools), scene.house.clock, Bounds(bodies=most))
        port = await server.open("127.0.0.1", 0)
        lines = [Client(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(10)]
        for line in lines:
            line.writer.write(head + b"x" * 50_000)
            await line.writer.drain()
        good = Client(*await asyncio.open_connection("127.0.0.1", port))
        served = await good.call(scene)
        held = server.bodies
        for line in (*lines, good):
            line.writer.close()
        await server.close(1.0)
        await scene.gateway.close()
        return held, server.bodies, served

    held, afterwards, served = asyncio.run(main())
    assert 0 < held <= most
    assert afterwards == 0
    assert served["result"] == 1


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /open",
        b"GET /open HTTP/1.1\r\nX: y\r\n",
        b"POST /open HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\na=",
    ],
)
def test_who_drips_is_told_so_in_the_envelope_and_hung_up_on(scene: Scene, begun: bytes) -> None:
    async def main() -> dict[str, Any]:
        bounds = Bounds(request_seconds=0.1)
        server = Server(Plain(scene.gateway, scene.spools), scene.house.clock, bounds)
        port = await server.open("127.0.0.1", 0)
        line = Client(*await asyncio.open_connection("127.0.0.1", port))
        line.writer.write(begun)
        told = await line.told()
        assert await line.reader.read() == b""
        line.writer.close()
        await server.close(1.0)
        return told

    told = asyncio.run(main())
    assert (told["result"], told["sub_code"]) == (804000, "gateway.too-slow")
