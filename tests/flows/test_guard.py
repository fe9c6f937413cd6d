"""Strange input, slow senders and strangers in a hurry, at every door."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.types import Call
from shouyue.doors.site import login
from shouyue.doors.upstreams.intake import Intake
from shouyue.ground.store.session import Session
from shouyue.people.accounts import challenges, rules
from shouyue.people.accounts.errors import CodeCapReached
from shouyue.people.accounts.types import Client
from shouyue.platform.apps import service as apps
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import TokenKind
from shouyue.platform.oauth import grants
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
    asyncio.run(Asgi(scene.gateway)(scope, receive, send))
    assert sent == []


def test_an_answer_of_the_gateway_is_never_taken_for_a_page(house: House) -> None:
    answer = Scene(house).answer(Call("GET", "/open/<script>"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
