"""Sub-accounts from door to disk: the grant page, the call, the main account's list, the end."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from httpx2 import Response

from shouyue.doors.upstreams.intake import STAFF_REMOVED, Intake
from shouyue.ground.store.columns import Table
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops as grantshops
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import TokenRefused
from shouyue.platform.oauth.types import Tokens
from shouyue.privacy.sharing import service as sharing
from shouyue_sandbox import wire
from tests import people, shops
from tests.callers import Scene
from tests.flows.test_authorize_pages import answer, app_of, asked, back, page_of
from tests.house import House
from tests.merchants import SELLER, STAFF, authorise, exchange, make_staff
from tests.shops import Operator, Someone

SECRET = "upstream-secret"
SHOP, CLERK = 2_900_001, "ks_staff_2900001_7"
LETS = ["user_info", "merchant_order"]


@dataclass
class Pages:
    """A shop's main account and a sub-account, each at a browser, and an app."""

    house: House
    operator: Operator
    main: Someone
    clerk: Someone
    app: Any

    def let(self, who: Someone) -> Tokens:
        """Authorise on the page, and let the app change the code."""
        found = back(answer(who, page_of(who, self.app), decision="allow", agreed="yes"))
        with self.house.store.begin() as db:
            return exchange(db, self.app, found["code"][0])

    def works(self, tokens: Tokens) -> bool:
        with self.house.store.read() as db:
            try:
                oauth.look_up(db, tokens.access)
            except TokenRefused:
                return False
        return True


@pytest.fixture
def at(house: House) -> Pages:
    operator = Operator(house)
    told = {"sellerId": SHOP, "shopName": "青禾茶铺", "shopType": 1}
    operator.shops[CLERK] = told | {"staffInfo": {"staffId": 7, "scopes": LETS}}
    app = app_of(house)
    main = shops.merchant(house, operator)
    clerk = shops.merchant(house, operator, CLERK, people.PHONE)
    return Pages(house, operator, main, clerk, app)


def where(response: Response) -> tuple[str, list[str]]:
    there = urlsplit(response.headers["location"])
    return there.path, parse_qs(there.query).get("why", [])


def test_a_sub_account_authorises_after_the_main_account_and_the_page_says_so(at: Pages) -> None:
    at.let(at.main)
    page = page_of(at.clerk, at.app)
    for word in ("青禾茶铺", "2900001", "子账号 7", "您以子账号授权", "主账号看得到这条授权"):
        assert word in page.text
    assert "您以子账号授权" not in page_of(at.main, at.app).text
    given = at.let(at.clerk)
    with at.house.store.read() as db:
        found = oauth.look_up(db, given.access)
    assert (found.seller_id, found.staff_id, found.subject) == (SHOP, 7, at.clerk.subject)


def test_a_sub_account_that_comes_first_is_told_whom_to_ask(at: Pages) -> None:
    arrived = at.clerk.client.get("/oauth/authorize", params=asked(at.app))
    assert where(arrived) == ("/oauth/shop", ["oauth.main-first"])
    said = at.clerk.client.get(arrived.headers["location"]).text
    assert "请先由主账号授权" in said
    assert "没有找到您的店铺" not in said


def test_what_the_main_account_does_not_let_it_give_is_refused(at: Pages) -> None:
    at.let(at.main)
    told: dict[str, Any] = dict(at.operator.shops[CLERK])  # type: ignore[call-overload]
    at.operator.shops[CLERK] = told | {"staffInfo": {"staffId": 7, "scopes": ["user_info"]}}
    arrived = at.clerk.client.get("/oauth/authorize", params=asked(at.app))
    assert where(arrived) == ("/oauth/shop", ["oauth.staff-not-let"])


@pytest.mark.parametrize("told", [7, {}, {"staffId": 0, "scopes": []}, {"staffId": 7}, [7]])
def test_half_a_word_about_a_sub_account_grants_nothing(at: Pages, told: object) -> None:
    at.let(at.main)
    at.operator.shops[CLERK] = {"sellerId": SHOP, "shopName": "青禾茶铺", "staffInfo": told}
    arrived = at.clerk.client.get("/oauth/authorize", params=asked(at.app))
    assert where(arrived) == ("/oauth/shop", ["oauth.directory-silent"])


def test_the_main_account_sees_and_ends_it_and_nobody_else_does(at: Pages) -> None:
    of_main, of_clerk = at.let(at.main), at.let(at.clerk)
    html = at.main.client.get("/grants").text
    assert "子账号的授权" in html
    assert "子账号 7" in html
    assert "子账号的授权" not in at.clerk.client.get("/grants").text
    with at.house.store.read() as db:
        [grant] = grantshops.staff_grants(db, at.main.subject)
    form = {"csrf": at.clerk.csrf("/grants"), "grant": grant.id}
    assert at.clerk.client.post("/grants/staff", data=form).status_code == 404
    assert at.works(of_clerk)
    form = {"csrf": at.main.csrf("/grants"), "grant": grant.id}
    assert at.main.client.post("/grants/staff", data=form).status_code == 303
    assert (at.works(of_clerk), at.works(of_main)) == (False, True)
    assert "子账号的授权" not in at.main.client.get("/grants?done=revoked").text


def test_the_list_says_who_let_each_app_in_and_when_and_leads_to_its_end(at: Pages) -> None:
    told: dict[str, Any] = dict(at.operator.shops[CLERK])  # type: ignore[call-overload]
    at.operator.shops[CLERK] = told | {"staffInfo": {"staffId": 2900071234, "scopes": LETS}}
    at.let(at.main)
    at.house.clock.forward(hours=3)
    at.let(at.clerk)
    with at.house.store.read() as db:
        [grant] = grantshops.staff_grants(db, at.main.subject)
    html = at.main.client.get("/grants").text
    assert "由您以主账号授权于 2026-11-23 10:00" in words(html)
    assert "由子账号 …1234 授权于 2026-11-23 13:00" in words(html)
    assert "2900071234" not in html
    assert f'href="#of-staff-{grant.id}"' in html
    assert f'id="of-staff-{grant.id}"' in html
    own = at.clerk.client.get("/grants?lang=en").text
    assert "given by you as a sub-account on 2026-11-23 13:00" in words(own)


def words(html: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_the_operators_word_ends_the_grants_of_a_sub_account_at_once(at: Pages) -> None:
    of_main, of_clerk = at.let(at.main), at.let(at.clerk)
    assert tell(at.house, biz_id=8) == (200, {"result": 1})
    assert at.works(of_clerk)
    assert tell(at.house) == tell(at.house) == (200, {"result": 1})
    assert (at.works(of_clerk), at.works(of_main)) == (False, True)


def test_a_page_that_was_open_before_gives_nothing_after(at: Pages) -> None:
    at.let(at.main)
    page = page_of(at.clerk, at.app)
    tell(at.house)
    refused = answer(at.clerk, page, decision="allow", agreed="yes")
    assert refused.status_code == 403
    assert "已被主账号停用或移除" in refused.text
    with at.house.store.read() as db:
        assert grants.grants_of(db, at.clerk.subject) == []


def test_who_is_gone_in_the_directory_is_gone_here_before_the_operators_word_comes(
    at: Pages,
) -> None:
    at.let(at.main)
    of_clerk = at.let(at.clerk)
    del at.operator.shops[CLERK]
    arrived = at.clerk.client.get("/oauth/authorize", params=asked(at.app))
    assert where(arrived) == ("/oauth/shop", ["oauth.staff-gone"])
    assert not at.works(of_clerk)


@pytest.mark.parametrize("other", [{"biz_id": "x"}, {"biz_id": 0}, {"event_id": "?"}])
def test_a_malformed_word_is_refused_for_good(house: House, other: dict[str, Any]) -> None:
    status, answered = tell(house, **other)
    assert (status, answered["sub_code"]) == (400, "push.event-malformed")


def test_a_call_by_a_sub_accounts_token_names_both_and_is_recorded_for_both(house: House) -> None:
    scene = Scene(house)
    with house.store.begin() as db:
        clerk = make_staff(db)
        given = exchange(db, scene.app, authorise(db, clerk, scene.app, "merchant_user"))
    scene.upstream.data = {
        "name": "青禾茶铺掌柜",
        "sellerId": SELLER,
        "openId": "forged",
        "staffInfo": {"staffId": STAFF, "name": "青禾茶铺打单", "phone": "13812345678"},
    }
    found = scene.call("open.user.seller.get", access_token=given.access)["data"]
    assert found == {
        "name": "青禾茶铺掌柜",
        "sellerId": SELLER,
        "openId": scene.tokens.open_id,
        "staffInfo": {"staffId": STAFF, "name": "青禾茶铺打单", "openId": given.open_id},
    }
    [(_, _, body)] = scene.upstream.asked
    assert json.loads(body) == {
        "seller_id": SELLER,
        "staff_id": STAFF,
        "app_key": scene.app.appkey,
        "param": {},
    }
    with house.store.read() as db:
        for subject in (scene.merchant, clerk):
            [release] = sharing.releases_of(db, subject)
            assert release.via == "open.user.seller.get"
        rows = [
            repr(tuple(row))
            for table in Table.metadata.sorted_tables
            for row in db.execute(sa.select(table))
        ]
    assert not [row for row in rows if "青禾茶铺" in row or "13812345678" in row]


def test_a_call_by_the_main_accounts_token_says_nothing_of_staff(house: House) -> None:
    scene = Scene(house)
    scene.upstream.data = {"name": "青禾茶铺掌柜", "sellerId": SELLER}
    found = scene.call("open.user.seller.get")["data"]
    assert found == {
        "name": "青禾茶铺掌柜",
        "sellerId": SELLER,
        "openId": scene.tokens.open_id,
    }
    assert "staff_id" not in json.loads(scene.upstream.asked[0][2])


def tell(house: House, **other: Any) -> tuple[int, dict[str, Any]]:
    """Say that the sub-account was removed, as the operator's system does."""
    now = int(house.clock().timestamp() * 1000)
    fields = {
        "event_id": "2900001_7_1",
        "event": STAFF_REMOVED,
        "seller_id": SHOP,
        "biz_id": 7,
        "info": {},
        "at": now,
    }
    body = json.dumps(fields | other).encode()
    headers = {k.lower(): v for k, v in wire.headers(SECRET, now, body).items()}
    status, answered = Intake(house.store, SECRET, grants.apps_for)(headers, body)
    return status, json.loads(answered)
