"""Test users: who lets in an app that is still in development (protocol, 2.2 and 4.2)."""

from datetime import timedelta

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.errors import TooManyTesters
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import RefreshExpired
from shouyue.platform.oauth.types import Tokens
from shouyue.platform.quotas import rules as quota_rules
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.types import Tally
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.policy.purposes import Purpose
from tests import merchants, shops
from tests.callers import Scene
from tests.house import House
from tests.merchants import CALLBACK, authorise, exchange, make_app, make_merchant

SHOP = "open.shop.info.get"


@pytest.fixture
def scene(house: House) -> Scene:
    """An app in development with one test user."""
    found = Scene(house)
    with house.store.begin() as db:
        found.owner, found.app = make_app(db, "开发中", online=False)
        found.tokens = exchange(db, found.app, authorise(db, found.merchant, found.app))
    return found


def come(scene: Scene, number: int) -> SubjectId:
    """One more merchant says yes."""
    with scene.house.store.begin() as db:
        merchant = make_merchant(db, 200000 + number)
        authorise(db, merchant, scene.app)
    return merchant


def let_in(scene: Scene, merchant: SubjectId) -> bool:
    """Whether the merchant's yes to the app is in force."""
    with scene.house.store.read() as db:
        said = consent.state(db, merchant, Purpose.P6, scene.app.app_id)
    return said is ConsentState.GIVEN


def test_a_test_users_grant_holds_for_ten_days_and_cannot_be_made_longer(scene: Scene) -> None:
    day = 24 * 60 * 60
    assert scene.tokens.refresh_expires_in == 10 * day
    with scene.house.store.read() as db:
        [grant] = grants.grants_to(db, scene.app.app_id)
        assert (grant.is_test, grant.until - grant.given) == (True, timedelta(days=10))
    scene.house.clock.forward(days=10)
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    more = {"grant_type": "refresh_token", "refresh_token": scene.tokens.refresh}
    with scene.house.store.begin() as db, pytest.raises(RefreshExpired):
        oauth.token(db, keys | more)


def test_the_merchant_agrees_to_ten_days_and_to_no_more(scene: Scene) -> None:
    asked = {"app_id": scene.app.appkey, "redirect_uri": CALLBACK}
    with scene.house.store.read() as db:
        request = oauth.ask(db, asked)
        assert (request.days, request.is_test) == (10, True)
        assert "10 天" in consent.show(db, grants.offer(request, "zh")).html
    with scene.house.store.begin() as db:
        apps.set_state(db, scene.app.app_id, AppState.ONLINE)
        assert (oauth.ask(db, asked).days, oauth.ask(db, asked).is_test) == (180, False)


def test_an_app_has_five_test_users_at_most_and_the_sixth_leaves_no_trace(scene: Scene) -> None:
    others = [come(scene, number) for number in range(4)]
    with scene.house.store.begin() as db:
        sixth = make_merchant(db, 300000)
    with scene.house.store.begin() as db, pytest.raises(TooManyTesters):
        authorise(db, sixth, scene.app)
    with scene.house.store.read() as db:
        given = consent.state(db, sixth, Purpose.P6, scene.app.app_id)
        assert given is not ConsentState.GIVEN
    # Who is one already may grant anew; whoever leaves makes room.
    with scene.house.store.begin() as db:
        authorise(db, scene.merchant, scene.app)
        grants.revoke(db, others[0], scene.app.app_id)
        authorise(db, sixth, scene.app)


def test_ten_days_later_there_is_room_again(scene: Scene) -> None:
    for number in range(4):
        come(scene, number)
    scene.house.clock.forward(days=10)
    assert let_in(scene, come(scene, 9))


def test_an_app_that_is_live_has_no_such_limit(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_state(db, scene.app.app_id, AppState.ONLINE)
    assert all(let_in(scene, come(scene, number)) for number in range(6))


def test_a_test_user_has_2000_calls_a_day_and_does_not_use_up_anothers(scene: Scene) -> None:
    assert scene.call(SHOP)["result"] == 1
    with scene.house.store.begin() as db:
        day = quota_rules.day(db.clock())
        tally = Tally(scene.app.app_id, scene.tokens.open_id, day, 1998, 0, online=False)
        quotas.settle(db, [tally])
    scene.logged()
    assert [scene.call(SHOP)["result"] for _ in range(2)] == [1, 1017]
    said = scene.call(SHOP)["error_msg"]
    assert f"KEY [appkey:{scene.app.appkey};primaryUserId:{scene.tokens.open_id}]" in said
    with scene.house.store.begin() as db:
        other = exchange(db, scene.app, authorise(db, make_merchant(db, 400000), scene.app))
    assert scene.call(SHOP, access_token=other.access)["result"] == 1


def test_the_page_says_which_grants_are_tests(house: House) -> None:
    dev = shops.someone(house)
    with house.store.begin() as db:
        _, app = make_app(db, owner=dev.subject, online=False)
        merchants.authorise(db, make_merchant(db), app)
    html = dev.client.get(f"/apps/{app.app_id}/grants").text
    assert "最多 5 个测试用户" in html
    assert "测试</span>" in html


def test_when_time_passes_for_a_token_the_gateway_hears_of_it(scene: Scene) -> None:
    scene.gateway.snapshot._fresh_for = 0
    assert scene.call(SHOP)["result"] == 1
    with scene.house.store.begin() as db:
        [grant] = oauth.trials(db, scene.owner)
        oauth.pass_time(db, scene.owner, grant.id, 48 * 60)
    assert scene.call(SHOP)["result"] == 24
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    more = {"grant_type": "refresh_token", "refresh_token": scene.tokens.refresh}
    with scene.house.store.begin() as db:
        again = oauth.token(db, keys | more)
        assert isinstance(again, Tokens)
    assert scene.call(SHOP, access_token=again.access)["result"] == 1


def test_a_developer_lets_time_pass_on_the_page_of_grants(house: House) -> None:
    dev = shops.someone(house)
    with house.store.begin() as db:
        _, app = make_app(db, owner=dev.subject, online=False)
        merchants.authorise(db, make_merchant(db), app)
        [grant] = oauth.trials(db, dev.subject)
    path = f"/apps/{app.app_id}/grants"
    assert 'name="minutes" value="2880"' in dev.client.get(path).text
    form = {"csrf": dev.csrf(path), "grant": grant.id}
    assert dev.client.post(path, data=form | {"minutes": "60"}).status_code == 422
    assert dev.client.post(path, data=form | {"minutes": "14400"}).status_code == 303
    page = dev.client.get(path).text
    assert "已取消" in page
    assert 'name="minutes"' not in page
