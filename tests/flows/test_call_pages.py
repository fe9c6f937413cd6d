"""A developer's pages about calls: statistics of an app, and the diagnosis of one call."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from shouyue.doors.portal.pages import DOOR, PAGES
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import AccountState
from shouyue.people.accounts.types import Visit as Someone
from shouyue.platform.traffic import service as traffic
from tests.callers import Scene
from tests.house import House
from tests.pages import browser
from tests.rooms.test_traffic import call

SHOP = "open.shop.info.get"
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
    door = replace(DOOR, knows=lambda _db, _token: someone)
    client = browser(scene.house, (door, PAGES))
    client.cookies.set("__Host-sy_session", "any")
    return client


def paste(client: TestClient, text: str) -> tuple[int, str]:
    answer = client.post("/tools/diagnose", data={"csrf": "word", "text": text})
    return answer.status_code, answer.headers.get("location", "")


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


@pytest.mark.clause("2.4")
def test_a_stranger_learns_how_a_call_ended_and_no_more(scene: Scene) -> None:
    request = scene.call(SHOP, sign="0" * 32)["requestId"]
    scene.logged()
    client = visitor(scene, stranger=True)
    page = client.get(f"/tools/diagnose/{request}").text
    assert "apps.signature" in page
    assert "203.0.113" not in page
    assert request not in client.get("/tools/diagnose").text
    assert client.get(f"/apps/{scene.app.app_id}/stats").status_code == 404


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


def test_statistics_count_what_the_access_log_holds(scene: Scene) -> None:
    app, now = scene.app.app_id, scene.house.clock()
    with scene.house.store.begin() as db:
        made = [call(n, app=app, at=now, millis=200) for n in range(95)]
        made += [call(n, app=app, at=now, millis=900, result=11) for n in range(95, 100)]
        made += [call(100, app=app, at=now - timedelta(days=3), api=SHOP)]
        traffic.record(db, made)
        traffic.add_up(db, made)
    client = visitor(scene)
    day = client.get(f"/apps/{app}/stats").text
    assert "<b>100</b>" in day
    assert "5 (5.0 %)" in day
    assert "≤ 300 ms" in day
    assert "235 ms" in day
    assert SHOP not in day
    month = client.get(f"/apps/{app}/stats?span=month").text
    assert "<b>101</b>" in month
    assert SHOP in month
