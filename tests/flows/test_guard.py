"""Strange input, slow senders and strangers in a hurry, at every door."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.types import Call
from shouyue.doors.site import login
from shouyue.doors.upstreams.intake import Intake
from shouyue.ground.spools.service import Spools
from shouyue.ground.store.session import Session
from shouyue.people.accounts import challenges, rules
from shouyue.people.accounts.errors import CodeCapReached
from shouyue.people.accounts.types import Client
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import TokenKind
from shouyue.platform.grants import service as grants
from shouyue.privacy.egress.types import HttpBack, HttpOut
from tests.callers import FORM, Scene
from tests.house import House
from tests.merchants import SELLER
from tests.people import CLIENT, OTHER_PHONE
from tests.visitors import ParentPlatform, Visitor


class WatchfulPlatform(ParentPlatform):
    """A parent platform that sees how many connections to our database are in use meanwhile."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.house = house
        self.open: list[int] = []

    def http(self, out: HttpOut) -> HttpBack:
        pool: Any = self.house.store.engine.pool
        self.open.append(pool.checkedout())
        return super().http(out)


def test_no_unit_of_work_waits_for_the_parent_platform(house: House) -> None:
    platform = WatchfulPlatform(house)
    visitor = Visitor(house, platform)
    away = visitor.web.get("/login/platform").headers["location"]

    asked = {"code": "good-code", "state": away.split("state=")[1]}
    answer = visitor.web.get(login.CALLBACK, params=asked)

    assert answer.headers["location"] == "/login/enter"
    assert platform.open == [0, 0, 0]


@pytest.mark.parametrize("path", ["/login?next=%00", "/ops/login?next=/%00", "/%00", "/inbox/%00"])
def test_a_nul_in_an_address_names_no_page(house: House, path: str) -> None:
    assert Visitor(house).web.get(path).status_code in {303, 404}


def test_a_nul_in_a_form_is_no_form(house: House) -> None:
    form = {"name": "li\0n", "password": "x", "code": "1"}
    assert Visitor(house).web.post("/ops/login", data=form).status_code == 400


def test_a_nul_in_a_token_request_is_malformed(house: House) -> None:
    scene = Scene(house)
    found = scene.read(Call("GET", "/oauth2/access_token", b"app_id=ks%00&grant_type=code"))
    assert (found["result"], found["error"]) == (100200100, "invalid_request")


def test_every_address_of_an_ipv6_line_is_one_client(db: Session) -> None:
    for number in range(rules.CODES_PER_CLIENT):
        challenges.ask_code(db, f"1380013{number:04d}", Client(f"2001:db8:1:2::{number:x}"))
    with pytest.raises(CodeCapReached):
        challenges.ask_code(db, OTHER_PHONE, Client("2001:db8:1:2:ffff::1"))
    assert challenges.ask_code(db, OTHER_PHONE, Client("2001:db8:1:3::1"))


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (CLIENT.address, CLIENT.address),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_client_is_a_line(address: str, source: str) -> None:
    assert rules.source(address) == source


def test_who_cannot_sign_an_event_does_not_reach_the_writers_lock(house: House) -> None:
    intake = Intake(house.store, "secret", grants.apps_for)
    with house.store.begin(), ThreadPoolExecutor(1) as other:
        status, _ = other.submit(intake, {}, b"{}").result(timeout=10)
    assert status == 403


def test_an_app_that_lost_a_package_hears_no_more_of_it(house: House) -> None:
    scene = Scene(house)
    with house.store.begin() as db:
        assert grants.apps_for(db, SELLER, "merchant_order")
        apps.set_scopes(db, scene.app.app_id, ["merchant_item"])
        assert grants.apps_for(db, SELLER, "merchant_order") == []
        assert grants.apps_for(db, SELLER, "merchant_item")


def test_an_api_with_peoples_data_is_always_asked_with_a_merchants_token() -> None:
    open_ones = [
        api.name
        for api in catalogue.apis().values()
        if api.personal and api.token is not TokenKind.USER
    ]
    assert open_ones == []


def test_half_a_body_is_no_call(house: House) -> None:
    scene, sent = Scene(house), []
    waiting = [
        {"type": "http.request", "body": b"app_id=ks1&grant_type=code", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/oauth2/access_token",
        "query_string": b"",
        "headers": [(b"content-type", FORM["content-type"].encode())],
    }
    asyncio.run(Asgi(Hosted(scene.gateway, scene.spools))(scope, receive, send))
    assert sent == []


def asked(door: Hosted, path: str, media: str, pieces: list[bytes]) -> tuple[int, dict[str, Any]]:
    """Post to the gateway as an ASGI server does, piece by piece."""
    waiting = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    sent: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", media.encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(Asgi(door)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def upload(scene: Scene, size: int) -> list[bytes]:
    texts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in scene.params(UPLOAD, {"uploadType": 1}).items()
    )
    file = '--b\r\nContent-Disposition: form-data; name="imgBytes"\r\n\r\n'
    return [(texts + file).encode(), *[b"x" * 50_000] * (size // 50_000), b"\r\n--b--\r\n"]


UPLOAD, PARTS = "open.item.image.upload", "multipart/form-data; boundary=b"
IMAGE = "/open/item/image/upload"


def test_a_file_that_finds_no_room_is_refused_and_leaves_nothing(
    house: House, tmp_path: Path
) -> None:
    scene, spools = Scene(house), Spools(tmp_path, os.urandom, most=200_000)
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    door = Hosted(scene.gateway, spools)
    _, found = asked(door, IMAGE, PARTS, upload(scene, 400_000))
    assert (found["result"], found["sub_code"]) == (802000, "spools.no-room")
    assert (spools.held, scene.upstream.asked) == (0, [])
    _, found = asked(door, IMAGE, PARTS, upload(scene, 150_000))
    assert (found["result"], spools.held, door.held) == (1, 0, 0)


def test_a_file_under_another_name_is_not_even_kept(house: House, tmp_path: Path) -> None:
    scene, spools = Scene(house), Spools(tmp_path, os.urandom, most=1000)
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    other = b'name="other"; filename="a"'
    pieces = [one.replace(b'name="imgBytes"', other) for one in upload(scene, 150_000)]
    _, found = asked(Hosted(scene.gateway, spools), IMAGE, PARTS, pieces)
    assert found["result"] == 1
    [(_, headers, _)] = scene.upstream.asked
    assert headers["content-type"] == "application/json"


def test_texts_of_a_multipart_have_their_bound(house: House, tmp_path: Path) -> None:
    scene, spools = Scene(house), Spools(tmp_path, os.urandom)
    pieces = [one.replace(b'name="imgBytes"', b'name="a"') for one in upload(scene, 1_500_000)]
    _, found = asked(Hosted(scene.gateway, spools), IMAGE, PARTS, pieces)
    assert (found["result"], found["sub_code"]) == (804000, "gateway.too-large")


def test_bodies_in_memory_have_a_bound_together(house: House) -> None:
    scene = Scene(house)
    door = Hosted(scene.gateway, scene.spools, bodies=100_000)
    _, found = asked(door, IMAGE, FORM["content-type"], [b"x" * 50_000] * 3)
    assert (found["result"], found["sub_code"]) == (802000, "gateway.too-busy")
    assert door.held == 0
    call = urlencode(scene.params("open.shop.info.get")).encode()
    _, found = asked(door, "/open/shop/info/get", FORM["content-type"], [call])
    assert (found["result"], door.held) == (1, 0)


def test_an_answer_of_the_gateway_is_never_taken_for_a_page(house: House) -> None:
    answer = Scene(house).answer(Call("GET", "/open/<script>"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
