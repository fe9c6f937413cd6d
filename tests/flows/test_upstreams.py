"""Upstreams that are away, slow or several, as callers and staff meet them."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.assembly import serving
from shouyue.assembly.settings import Settings
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Call
from shouyue.doors.upstreams import service as upstreams
from shouyue.doors.upstreams.errors import NoSuchApi
from shouyue.doors.upstreams.rules import Terms
from shouyue.doors.upstreams.service import AWAY, Upstream, Upstreams
from shouyue.ground.jobs.service import Worker
from shouyue.people.alarms import jobs as alarms
from shouyue.people.alarms import service as alarm_list
from shouyue.platform.catalogue import service as catalogue
from tests.callers import FORM, SECRET, FakeUpstream, Scene
from tests.house import House

SHOP, ITEM, DELIVER = "open.shop.info.get", "open.item.get", "open.seller.order.close"
CHANGING = {"approve", "reject", "cancel", "add", "new", "edit", "update", "delete", "close"}


@pytest.fixture
def scene(house: House) -> Scene:
    """A scene whose upstream tells the house's notes when it goes away."""
    found = Scene(house)
    found.gateway = Gateway(house.store, named(found, found.upstream))
    return found


def named(scene: Scene, way: FakeUpstream, name: str = upstreams.DEFAULT) -> Upstream:
    house = scene.house

    def seconds() -> float:
        return house.clock().timestamp()

    return Upstream(way, SECRET, house.clock, name=name, note=house.notes.note, seconds=seconds)


def fall_away(scene: Scene) -> None:
    scene.upstream.away = True
    for _ in range(Terms().least):
        assert scene.call(SHOP)["sub_code"] == "gateway.upstream"


def test_one_that_is_away_is_not_asked_and_the_caller_hears_when_to_come_again(
    scene: Scene,
) -> None:
    fall_away(scene)
    asked = len(scene.upstream.again)
    body = urlencode(scene.params(SHOP)).encode()
    answer = scene.answer(Call("POST", "/open/shop/info/get", b"", FORM, body))
    told = json.loads(answer.body)
    assert (told["result"], told["sub_code"]) == (803000, "upstreams.away")
    assert answer.headers["retry-after"] == "5"
    assert "5 seconds" in told["msg"]
    assert len(scene.upstream.again) == asked


def test_one_that_is_back_is_asked_again_after_one_call_has_tried(scene: Scene) -> None:
    fall_away(scene)
    scene.upstream.away = False
    scene.house.clock.forward(seconds=5)
    assert [scene.call(SHOP)["result"] for _ in range(3)] == [1, 1, 1]


def test_staff_hear_once_that_it_is_away_however_long_that_lasts(scene: Scene) -> None:
    fall_away(scene)
    for _ in range(3):
        scene.house.clock.forward(seconds=5)
        scene.call(SHOP)
    store = scene.house.store
    serving.write_down(store, scene.house.notes)
    Worker(store, {alarms.RAISED: alarms.raised}, {}).run_once()
    with store.read() as db:
        [alarm] = alarm_list.living(db)
    assert (alarm.kind, alarm.where, alarm.count) == (AWAY, upstreams.DEFAULT, 1)


def test_a_no_of_the_business_does_not_count_as_away(scene: Scene) -> None:
    scene.upstream.whole = {"result": 21, "sub_code": "x", "sub_msg": "no"}
    results = {scene.call(SHOP)["result"] for _ in range(2 * Terms().least)}
    assert results == {21}


def test_faults_of_the_upstream_count_as_away(scene: Scene) -> None:
    scene.upstream.status = 503
    said = [scene.call(SHOP)["sub_code"] for _ in range(Terms().least + 1)]
    assert said == ["gateway.upstream"] * Terms().least + ["upstreams.away"]


def test_only_what_changes_nothing_may_be_sent_twice(scene: Scene) -> None:
    scene.call(SHOP)
    scene.call(DELIVER, {"orderId": 1})
    assert scene.upstream.again == [True, False]


def test_no_api_that_changes_something_is_taken_for_a_reading_one() -> None:
    for api in catalogue.apis().values():
        if api.name.rpartition(".")[2] in CHANGING:
            assert not api.reads, api.name


def test_one_that_is_away_takes_no_other_along(scene: Scene) -> None:
    other = FakeUpstream()
    both = Upstreams(named(scene, scene.upstream), {ITEM: named(scene, other, "items")})
    scene.gateway = Gateway(scene.house.store, both)
    fall_away(scene)
    assert scene.call(SHOP)["sub_code"] == "upstreams.away"
    assert scene.call(ITEM, {"kwaiItemId": 1})["result"] == 1
    assert [path for path, _, _ in other.asked] == ["/api/open.item.get"]
    asyncio.run(scene.gateway.close())


def test_the_longer_entry_decides_which_system_answers() -> None:
    found = upstreams.answering({"items": ["open.item."], "pictures": ["open.item.image.upload"]})
    assert found["open.item.get"] == "items"
    assert found["open.item.image.upload"] == "pictures"
    assert SHOP not in found


@pytest.mark.parametrize("entry", ["open.items.", "open.item", "open.item.gte"])
def test_an_entry_that_fits_no_api_stops_the_start(entry: str) -> None:
    with pytest.raises(NoSuchApi) as no:
        upstreams.answering({"items": [entry]})
    assert no.value.facts == {"name": "items", "api": entry}


LOCKERS = {"region": "CN", "base_url": "https://l.example.com", "secret": "s", "apis": ["a.b"]}


def test_further_upstreams_come_from_file_and_environment(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shouyue.toml").write_text(
        "development = true\n[upstreams.lockers]\nregion = 'CN'\n"
        "base_url = 'https://l.example.com'\napis = ['open.item.']\n"
    )
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))
    monkeypatch.setenv("SHOUYUE_UPSTREAMS__LOCKERS__SECRET", "s3cret")
    settings = Settings()
    assert settings.upstreams["lockers"].secret.get_secret_value() == "s3cret"
    assert ("upstreams.lockers.region", "CN") in [
        (one.setting, one.region) for one in settings.placed()
    ]


@pytest.mark.parametrize(
    "given", [{"Lockers 1": LOCKERS}, {"one": LOCKERS, "two": LOCKERS}, {"x": {**LOCKERS, "y": 1}}]
)
def test_unfit_upstreams_stop_the_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="upstreams"):
        Settings(development=True, upstreams=given)
