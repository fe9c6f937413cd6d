"""A developer's pages about calls: statistics of an app, and the diagnosis of one call."""

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from shouyue.doors.portal import pages as portal
from shouyue.doors.statistics import pages as statistics
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import AccountState
from shouyue.people.accounts.types import Visit as Someone
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.traffic import service as traffic
from tests.callers import Scene
from tests.house import House
from tests.pages import browser
from tests.rooms.test_traffic import call

SHOP = "open.shop.info.get"
PHONE = {"plainText": "19900012345", "type": 3}
REQUEST = "01KXQ3W0VJ4C8Z5T7N2M6R9E1H"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def visitor(scene: Scene, *, stranger: bool = False) -> TestClient:
    """A browser of the app's owner, or of somebody else."""
    someone = Someone(
        session_id="1",
        subject=SubjectId("0" * 26) if stranger else scene.owner,
        state=AccountState.ACTIVE,
        since=scene.house.clock(),
        stepped_up=False,
        csrf="word",
        needs_touch=False,
    )
    doors = [
        (replace(room.DOOR, knows=lambda _db, _token: someone), room.PAGES)
        for room in (portal, statistics)
    ]
    client = browser(scene.house, *doors)
    client.cookies.set("__Host-sy_session", "any")
    return client


def paste(client: TestClient, text: str) -> tuple[int, str]:
    answer = client.post("/tools/diagnose", data={"csrf": "word", "text": text})
    return answer.status_code, answer.headers.get("location", "")


def told(client: TestClient, request: str) -> str:
    """What a diagnosis says, without the rail beside it."""
    return client.get(f"/tools/diagnose/{request}").text.partition("<main")[2]


@pytest.mark.clause("2.3")
def test_an_answer_that_is_pasted_leads_to_its_call(scene: Scene) -> None:
    answer = scene.call(SHOP, sign="0" * 32)
    scene.logged()
    client = visitor(scene)
    status, place = paste(client, json.dumps(answer | {"data": "机密"}, ensure_ascii=False))
    assert (status, place) == (303, f"/tools/diagnose/{answer['requestId']}")
    page = client.get(place).text
    for shown in ("27", "apps.signature", SHOP, "203.0.113.0/24"):
        assert shown in page
    assert "机密" not in page
    assert answer["requestId"] in client.get("/tools/diagnose").text


@pytest.mark.clause("2.3")
def test_a_diagnosis_says_the_cause_of_this_call_and_where_to_go_on(scene: Scene) -> None:
    unsigned = scene.call(SHOP, sign="0" * 32)["requestId"]
    nobody = scene.call(SHOP, appkey="ks0")["requestId"]
    tokenless = scene.call(SHOP, access_token=None)["requestId"]
    scene.logged()
    client = visitor(scene)
    pages = [told(client, one) for one in (unsigned, nobody, tokenless)]
    codes = ("apps.signature", "apps.no-app", "gateway.no-token")
    causes = [catalogue.sub_codes()[code]["cause"]["zh"] for code in codes]
    for page, cause in zip(pages, causes, strict=True):
        assert [one for one in causes if one in page] == [cause]
    assert "/tools/signature" in pages[0]
    assert f"/tools/explore?api={SHOP}" in pages[0]
    assert "/tools/token" in pages[2]
    assert "/tools/explore" not in told(visitor(scene, stranger=True), unsigned)


@pytest.mark.clause("2.4")
def test_a_stranger_learns_how_a_call_ended_and_no_more(scene: Scene) -> None:
    request = scene.call(SHOP, sign="0" * 32)["requestId"]
    scene.logged()
    client = visitor(scene, stranger=True)
    page = client.get(f"/tools/diagnose/{request}").text
    assert "apps.signature" in page
    assert "203.0.113" not in page
    assert request not in client.get("/tools/diagnose").text
    for page in ("stats", "stats.csv", "stats.csv?of=faults"):
        assert client.get(f"/apps/{scene.app.app_id}/{page}").status_code == 404


@pytest.mark.parametrize("text", ["", "nothing in here", REQUEST, "x" * 60_000])
def test_what_leads_nowhere_is_said_on_the_form(scene: Scene, text: str) -> None:
    status, place = paste(visitor(scene), text)
    assert (status, place) in {(404, ""), (422, "")}


def test_a_call_of_last_week_is_no_longer_diagnosed(scene: Scene) -> None:
    request = scene.call(SHOP)["requestId"]
    scene.logged()
    scene.house.clock.forward(days=8)
    assert visitor(scene).get(f"/tools/diagnose/{request}").status_code == 404


def test_an_app_without_calls_is_told_how_to_make_the_first(scene: Scene) -> None:
    assert "第一次调用" in visitor(scene).get(f"/apps/{scene.app.app_id}/stats").text


def fill(scene: Scene) -> str:
    """A hundred calls of an hour, five of them failed, and one of three days ago."""
    app, now = scene.app.app_id, scene.house.clock()
    with scene.house.store.begin() as db:
        made = [call(n, app=app, at=now, millis=200) for n in range(95)]
        slow = {"millis": 900, "result": 1016, "reason": "quotas.too-fast"}
        made += [call(n, app=app, at=now, **slow) for n in range(95, 98)]
        odd = {"millis": 1900, "result": 21, "reason": "=1+1"}
        made += [call(n, app=app, at=now, **odd) for n in range(98, 100)]
        made += [call(100, app=app, at=now - timedelta(days=3), api=SHOP)]
        traffic.record(db, made)
        traffic.add_up(db, made)
    return app


@pytest.mark.clause("2.3")
def test_statistics_count_what_the_access_log_holds(scene: Scene) -> None:
    app, client = fill(scene), visitor(scene)
    day = client.get(f"/apps/{app}/stats").text
    for shown in ("<dd>100</dd>", "5 (5.0 %)", "≤ 300 ms", "5.0%", "quotas.too-fast", "=1+1"):
        assert shown in day
    assert 'href="/docs/errors/quotas.too-fast"' in day
    assert SHOP not in day
    for span in ("week", "month"):
        page = client.get(f"/apps/{app}/stats?span={span}").text
        assert "<dd>101</dd>" in page
        assert SHOP in page


def test_statistics_of_one_api_leave_the_others_out(scene: Scene) -> None:
    app, client = fill(scene), visitor(scene)
    page = client.get(f"/apps/{app}/stats?span=week&api={SHOP}").text
    assert "<dd>1</dd>" in page
    assert "没有失败" in page
    assert "<dd>101</dd>" in client.get(f"/apps/{app}/stats?span=week&api=nothing").text
    assert "<dd>100</dd>" in client.get(f"/apps/{app}/stats?span=never").text


def test_every_chart_has_a_name_and_its_numbers_in_a_table(scene: Scene) -> None:
    app, client = fill(scene), visitor(scene)
    page = client.get(f"/apps/{app}/stats").text
    assert page.count("<figure") == page.count("<figcaption") == 4
    assert page.count('role="img" aria-label="') == 2
    assert page.count("查看数据</summary>") == 3
    assert " style=" not in page
    assert "<script" not in page.partition("<main")[2].partition("</main")[0]


def test_what_is_left_of_a_day_stands_beside_the_charts(scene: Scene) -> None:
    scene.call("open.order.search.index.batch", {"indexParamList": [PHONE] * 3})
    scene.logged()
    page = visitor(scene).get(f"/apps/{scene.app.app_id}/stats").text
    assert "已用 1 / 1,000,000，剩余 999,999" in page
    assert "已用 3 / 1,000 个" in page
    assert scene.tokens.open_id in page


def test_numbers_are_taken_away_as_csv(scene: Scene) -> None:
    app, client = fill(scene), visitor(scene)
    answer = client.get(f"/apps/{app}/stats.csv?span=week")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    name = f"{scene.app.appkey}-calls-week.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    early, late = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    assert (early["api"], early["calls"], early["since"]) == (SHOP, "1", "2026-11-20T06:00+08:00")
    assert (late["calls"], late["errors"], late["p50_ms"]) == ("100", "5", "≤ 300")
    assert (late["at_most_1000_ms"], late["above_1000_ms"]) == ("3", "2")


def test_a_sub_code_in_a_file_is_no_formula(scene: Scene) -> None:
    app, client = fill(scene), visitor(scene)
    text = client.get(f"/apps/{app}/stats.csv?of=faults").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["sub_code"], row["calls"]) for row in rows] == [
        ("'=1+1", "2"),
        ("quotas.too-fast", "3"),
    ]
