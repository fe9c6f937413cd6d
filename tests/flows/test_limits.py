"""Limits of calls through the real gateway, and the developer's page that shows and raises them."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call
from shouyue.doors.upstreams.service import Upstream
from shouyue.people.notices import service as notices
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.quotas import queries, rules
from shouyue.platform.quotas import service as quotas
from shouyue.platform.quotas.errors import NoReset, NoUpgrade
from shouyue.platform.quotas.types import Kind, Level, Tally
from tests import merchants, people, shops
from tests.callers import FORM, SECRET, Scene, signature
from tests.counting import limited, well_used
from tests.house import House
from tests.merchants import exchange, make_app, make_merchant

SHOP = "open.shop.info.get"
USER = "open.user.seller.get"
ORDERS = "open.order.cursor.list"
PAGE = {"orderViewStatus": 1, "pageSize": 1, "beginTime": 0, "endTime": 1, "cursor": ""}


@pytest.fixture
def scene(house: House) -> Scene:
    """An app in development again, whose merchant let it in before."""
    found = Scene(house)
    with house.store.begin() as db:
        apps.set_state(db, found.app.app_id, AppState.IN_DEVELOPMENT)
    return found


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A ladder low enough to climb in a test."""
    small = {"before_online": {"day": 10, "second": 3}, "online": {"day": [20, 40], "second": [5]}}
    whole = {**rules.ladder(), **small}
    monkeypatch.setattr(rules, "ladder", lambda: whole)
    rules.limit.cache_clear()
    yield
    rules.limit.cache_clear()


def results(scene: Scene, count: int, api: str = SHOP, **given: Any) -> list[int]:
    return [int(scene.call(api, **given)["result"]) for _ in range(count)]


def settled(scene: Scene) -> None:
    """What a moment of the access log's clerk does."""
    asyncio.run(scene.gateway.close())


@pytest.mark.usefixtures("low")
def test_a_second_lets_so_many_calls_of_an_api_through_and_the_next_one_again(
    scene: Scene,
) -> None:
    assert results(scene, 4) == [1, 1, 1, 1016]
    scene.house.clock.forward(seconds=1)
    assert results(scene, 4) == [1, 1, 1, 1016]


@pytest.mark.usefixtures("low")
def test_one_api_does_not_use_up_anothers_second(scene: Scene) -> None:
    assert results(scene, 3) == [1, 1, 1]
    assert results(scene, 1, USER) == [1]


@pytest.mark.usefixtures("low")
def test_one_app_does_not_use_up_anothers(scene: Scene) -> None:
    assert results(scene, 4)[-1] == 1016
    another_app(scene)
    assert results(scene, 1) == [1]


@pytest.mark.usefixtures("low")
def test_the_answer_names_the_limit_as_the_protocol_does(scene: Scene) -> None:
    results(scene, 3)
    found = scene.call(SHOP)
    key = f"KEY [apiId:{SHOP};appkey:{scene.app.appkey}], MAX_QPS [3.0]"
    assert (found["result"], found["sub_code"]) == (1016, "quotas.too-fast")
    assert f"Exceed qps limit, {key}" in found["error_msg"]


@pytest.mark.usefixtures("low")
def test_a_day_lets_so_many_calls_through_until_midnight_in_beijing(scene: Scene) -> None:
    found = []
    for _ in range(4):
        found += results(scene, 3)
        scene.house.clock.forward(seconds=1)
    assert found == [1] * 10 + [1017] * 2
    said = scene.call(SHOP)["error_msg"]
    assert f"Exceed quota limit, KEY [appkey:{scene.app.appkey}]" in said
    scene.house.clock.forward(seconds=rules.seconds_left(scene.house.clock()))
    # The day is a new one although the token is the old one.
    assert results(scene, 1) == [1]


@pytest.mark.usefixtures("low")
def test_what_is_refused_is_not_counted(scene: Scene) -> None:
    results(scene, 6)
    assert [scene.call(SHOP, sign="x")["result"] for _ in range(2)] == [27, 27]
    settled(scene)
    with scene.house.store.read() as db:
        assert quotas.usage(db, apps.get(db, scene.app.app_id)).used == 3


@pytest.mark.usefixtures("low")
def test_a_day_survives_a_restart_and_is_one_for_all_gateways(scene: Scene) -> None:
    for _ in range(3):
        results(scene, 3)
        scene.house.clock.forward(seconds=1)
    settled(scene)
    first = scene.gateway
    scene.gateway = Gateway(scene.house.store, Upstream(scene.upstream, SECRET, scene.house.clock))
    assert results(scene, 1) == [1]  # it has not asked yet
    settled(scene)
    assert results(scene, 1) == [1017]
    scene.gateway = first
    scene.house.clock.forward(seconds=1)
    results(scene, 1)
    settled(scene)
    assert results(scene, 1) == [1017]


def test_an_apis_own_limit_goes_before_the_apps_step(scene: Scene) -> None:
    scene.upstream.data = {"orderList": []}
    with limited(ORDERS, qps=2):
        assert results(scene, 3, ORDERS, param=PAGE) == [1, 1, 1016]
    assert catalogue.find(ORDERS).qps == 300


def test_one_merchant_does_not_use_up_the_others_of_an_app(scene: Scene) -> None:
    scene.upstream.data = {"orderList": []}
    with scene.house.store.begin() as db:
        code = merchants.authorise(db, make_merchant(db, 100002), scene.app)
        other = exchange(db, scene.app, code)
    with limited(ORDERS, qps_user=2):
        assert results(scene, 3, ORDERS, param=PAGE) == [1, 1, 1016]
        assert "primaryUserId:" in scene.call(ORDERS, PAGE)["error_msg"]
        assert results(scene, 1, ORDERS, param=PAGE, access_token=other.access) == [1]


def test_an_apis_limit_for_everybody_is_shared_by_all_apps(scene: Scene) -> None:
    with limited(SHOP, qps_all=2):
        assert results(scene, 2) == [1, 1]
        another_app(scene)
        assert results(scene, 1) == [1016]


def another_app(scene: Scene) -> None:
    """Go on as another app of the same merchant."""
    with scene.house.store.begin() as db:
        _, scene.app = make_app(db, "别家应用", online=False)
        scene.tokens = exchange(db, scene.app, merchants.authorise(db, scene.merchant, scene.app))


def answered(scene: Scene, **headers: str) -> Answer:
    body = urlencode(scene.params(SHOP)).encode()
    return scene.answer(Call("POST", "/open/shop/info/get", b"", FORM | headers, body))


@pytest.mark.usefixtures("low")
def test_who_asks_hears_what_is_left_and_nobody_else(scene: Scene) -> None:
    wanting = {"x-want-quota": "1"}
    found = answered(scene, **wanting).headers
    left = rules.seconds_left(scene.house.clock())
    assert found["ratelimit-policy"] == '"day";q=10;w=86400, "second";q=3;w=1'
    assert found["ratelimit"] == f'"day";r=9;t={left}, "second";r=2;t=1'
    assert "ratelimit" not in answered(scene).headers
    answered(scene)
    refused = answered(scene, **wanting)
    assert json.loads(refused.body)["result"] == 1016
    assert refused.headers["ratelimit"] == f'"day";r=7;t={left}, "second";r=0;t=1'


@pytest.mark.usefixtures("low")
def test_at_90_percent_the_developer_hears_once(scene: Scene) -> None:
    for expected in (0, 0, 0, 1, 1):
        results(scene, 2 if expected == 0 else 3)
        scene.house.clock.forward(seconds=1)
        settled(scene)
        with scene.house.store.read() as db:
            letters = notices.inbox(db, scene.owner, "zh")
        near = [one for one in letters if "90%" in one.subject]
        assert len(near) == expected
    assert near[0].link == f"/apps/{scene.app.app_id}/limits"
    assert scene.app.appkey in near[0].text


def go_online(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_state(db, scene.app.app_id, AppState.ONLINE)


def use(scene: Scene, calls: int, **how: Any) -> None:
    with scene.house.store.begin() as db:
        well_used(db, scene.app.app_id, calls, **how)


def rise(scene: Scene, kind: Kind) -> Level:
    with scene.house.store.begin() as db:
        return quotas.upgrade(db, scene.owner, scene.app.app_id, kind)


@pytest.mark.parametrize(
    ("kind", "calls", "peak", "failed", "rises"),
    [
        (Kind.DAY, 800_001, 1, 0, True),
        (Kind.DAY, 800_000, 1, 0, False),
        (Kind.DAY, 900_000, 1, 4, True),
        (Kind.DAY, 900_000, 1, 5, False),
        (Kind.SECOND, 1, 91, 0, True),
        (Kind.SECOND, 1, 90, 0, False),
        (Kind.SECOND, 1, 99, 5, False),
    ],
)
def test_a_step_is_earned_by_use_that_went_well(
    scene: Scene, kind: Kind, calls: int, peak: int, failed: int, *, rises: bool
) -> None:
    go_online(scene)
    use(scene, calls, peak=peak, failed=failed)
    if rises:
        assert rise(scene, kind) == rules.risen(kind, Level())
    else:
        with pytest.raises(NoUpgrade):
            rise(scene, kind)


def test_a_good_day_counts_for_seven_days(scene: Scene) -> None:
    go_online(scene)
    use(scene, 900_000)
    scene.house.clock.forward(days=7)
    assert rise(scene, Kind.DAY) == Level(1, 0)
    with pytest.raises(NoUpgrade):
        rise(scene, Kind.DAY)  # that day used little of the new limit


def test_an_older_day_earns_nothing(scene: Scene) -> None:
    go_online(scene)
    use(scene, 900_000)
    scene.house.clock.forward(days=8)
    with pytest.raises(NoUpgrade):
        rise(scene, Kind.DAY)


def test_before_it_is_live_an_app_does_not_rise(scene: Scene) -> None:
    use(scene, 900_000, online=False)
    with pytest.raises(NoUpgrade):
        rise(scene, Kind.DAY)


def test_the_ladder_ends(scene: Scene) -> None:
    go_online(scene)
    with scene.house.store.begin() as db:
        queries.raise_level(db, scene.app.app_id, Level(5, 5))
        well_used(db, scene.app.app_id, 200_000_000, peak=5000)
        found = quotas.usage(db, apps.get(db, scene.app.app_id))
        assert (found.day, found.second, found.next_day) == (200_000_000, 5000, 0)
    with pytest.raises(NoUpgrade):
        rise(scene, Kind.SECOND)


@pytest.mark.usefixtures("low")
def test_a_gateway_learns_of_a_step_and_of_a_reset_with_the_next_call(scene: Scene) -> None:
    go_online(scene)
    for _ in range(4):
        results(scene, 5)
        scene.house.clock.forward(seconds=1)
    assert results(scene, 1) == [1017]
    settled(scene)
    with scene.house.store.begin() as db:
        quotas.reset(db, scene.owner, scene.app.app_id)
    results(scene, 1)
    settled(scene)
    scene.house.clock.forward(seconds=1)
    assert results(scene, 2) == [1, 1]


def test_a_counter_starts_anew_three_times_a_day_once_it_is_far_enough(scene: Scene) -> None:
    app = scene.app.app_id
    for _ in range(3):
        use(scene, 60_000, online=False)
        with scene.house.store.begin() as db, pytest.raises(NoReset):
            quotas.reset(db, scene.owner, app)
        use(scene, 1, online=False)
        with scene.house.store.begin() as db:
            quotas.reset(db, scene.owner, app)
            assert quotas.usage(db, apps.get(db, app)).used == 0
    use(scene, 90_000, online=False)
    with scene.house.store.begin() as db, pytest.raises(NoReset):
        quotas.reset(db, scene.owner, app)
    scene.house.clock.forward(days=1)
    use(scene, 90_000, online=False)
    with scene.house.store.begin() as db:
        quotas.reset(db, scene.owner, app)


def test_old_days_are_let_go(scene: Scene) -> None:
    use(scene, 5)
    scene.house.clock.forward(days=61)
    use(scene, 6)
    with scene.house.store.begin() as db:
        quotas.expire(db)
        left = queries.days(db, scene.app.app_id, rules.day(db.clock() - timedelta(days=400)))
        assert [row.calls for row in left] == [6]


def test_the_page_shows_use_and_offers_what_is_earned(house: House) -> None:
    dev = shops.someone(house)
    with house.store.begin() as db:
        _, app = make_app(db, owner=dev.subject)
    path = f"/apps/{app.app_id}/limits"
    html = dev.client.get(path).text
    assert "0 / 1000000" in html
    assert 'value="day"' not in html
    assert "重置今日计数" not in html
    with house.store.begin() as db:
        well_used(db, app.app_id, 850_000, peak=95)
    html = dev.client.get(path).text
    assert "850000 / 1000000 (85%)" in html
    assert 'value="day"' in html
    assert 'value="second"' in html
    form = {"csrf": dev.csrf(path), "kind": "day"}
    assert dev.client.post(path, data=form).headers["location"] == f"{path}?done=upgraded"
    assert "850000 / 5000000 (17%)" in dev.client.get(path).text
    assert dev.client.post(path, data=form).status_code == 409
    again = {"csrf": dev.csrf(path)}
    assert dev.client.post(f"{path}/reset", data=again).status_code == 409
    with house.store.begin() as db:
        well_used(db, app.app_id, 3_000_000)
    assert dev.client.post(f"{path}/reset", data=again).status_code == 303
    assert "0 / 5000000" in dev.client.get(path).text


def test_another_developers_limits_are_not_found(house: House) -> None:
    with house.store.begin() as db:
        _, app = make_app(db)
    other = shops.someone(house, people.OTHER_PHONE)
    path = f"/apps/{app.app_id}/limits"
    assert other.client.get(path).status_code == 404
    form = {"csrf": other.csrf("/apps"), "kind": "day"}
    assert other.client.post(path, data=form).status_code == 404


def test_two_gateways_settle_one_day_without_losing_a_call(house: House) -> None:
    with house.store.begin() as db:
        _, app = make_app(db)
        tally = Tally(app.app_id, "", rules.day(db.clock()), 5, 2, online=False)
    with house.store.begin() as db:
        assert quotas.settle(db, [tally])[0].used == 5
    with house.store.begin() as db:
        assert quotas.settle(db, [tally])[0].used == 10


NONCE = "n-12345678"


def once(scene: Scene, word: str, **sent: str | None) -> dict[str, Any]:
    """A call with this nonce under its signature, and what is sent in its place."""
    params = scene.params(SHOP, nonce=word, sign=None)
    text = "&".join(f"{name}={params[name]}" for name in sorted(params))
    whole = {**params, "sign": _hmac(text, scene.app.sign_secret), **sent}
    body = urlencode({name: value for name, value in whole.items() if value is not None})
    return scene.read(Call("POST", "/open/shop/info/get", b"", FORM, body.encode()))


def _hmac(text: str, secret: str) -> str:
    whole = f"{text}&signSecret={secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), whole, hashlib.sha256).digest()).decode()


def test_a_call_with_a_nonce_is_taken_once(scene: Scene) -> None:
    assert once(scene, NONCE)["result"] == 1
    again = once(scene, NONCE)
    assert (again["result"], again["sub_code"]) == (27, "apps.replayed")
    assert once(scene, NONCE + "x")["result"] == 1


def test_a_nonce_cannot_be_taken_off_or_changed(scene: Scene) -> None:
    once(scene, NONCE)
    assert once(scene, NONCE, nonce=None)["sub_code"] == "apps.signature"
    assert once(scene, NONCE, nonce="another-one")["sub_code"] == "apps.signature"


def test_a_nonce_is_remembered_for_as_long_as_its_timestamp_is_taken(scene: Scene) -> None:
    ahead = str(int((scene.house.clock() + timedelta(minutes=9)).timestamp() * 1000))
    params = scene.params(SHOP, timestamp=ahead, nonce=NONCE, sign=None)
    text = "&".join(f"{name}={params[name]}" for name in sorted(params))
    whole = {**params, "sign": _hmac(text, scene.app.sign_secret)}
    call = Call("POST", "/open/shop/info/get", b"", FORM, urlencode(whole).encode())
    assert scene.read(call)["result"] == 1
    scene.house.clock.forward(minutes=18)
    assert scene.read(call)["sub_code"] == "apps.replayed"


def test_two_apps_may_use_one_nonce(scene: Scene) -> None:
    assert once(scene, NONCE)["result"] == 1
    another_app(scene)
    assert once(scene, NONCE)["result"] == 1


@pytest.mark.parametrize("nonce", ["short", "x" * 65, "空格 空格 空格"])
def test_an_unfit_nonce_is_refused(scene: Scene, nonce: str) -> None:
    assert once(scene, nonce)["sub_code"] == "apps.nonce"


def test_without_a_nonce_a_call_may_be_sent_again_as_the_protocol_has_it(scene: Scene) -> None:
    params = scene.params(SHOP)
    assert params["sign"] == signature(params, scene.app.sign_secret)
    call = Call("POST", "/open/shop/info/get", b"", FORM, urlencode(params).encode())
    assert [scene.read(call)["result"] for _ in range(2)] == [1, 1]
