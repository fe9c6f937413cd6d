"""Two sign secrets at the gateway: which one counts, since when it was used, and how it stops."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.upstreams.service import Upstream
from shouyue.platform.apps import credentials, uses
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.errors import LastSecret, NoApp, NoSecret, SignatureRefused
from shouyue.platform.apps.types import Secret, SecretKind
from shouyue.privacy.vault import service as vault
from tests.callers import SECRET, Scene, signature
from tests.house import House

SHOP = "open.shop.info.get"
SIGN = SecretKind.SIGN_SECRET


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def roll(scene: Scene, **overlap: float) -> str:
    scene.house.clock.forward(seconds=1)
    with scene.house.store.begin() as db:
        return apps.roll_secret(
            db, scene.owner, scene.app.app_id, SIGN, overlap=timedelta(**overlap)
        )


def heard(scene: Scene) -> None:
    scene.gateway.snapshot.forget()


def result(scene: Scene, secret: str) -> int:
    sign = signature(scene.params(SHOP), secret)
    return int(scene.call(SHOP, sign=sign)["result"])


def secrets_of(scene: Scene) -> list[Secret]:
    with scene.house.store.read() as db:
        return [one for one in apps.get(db, scene.app.app_id).secrets if one.kind is SIGN]


def test_both_secrets_sign_until_the_chosen_end(scene: Scene) -> None:
    fresh = roll(scene, days=30)
    heard(scene)
    assert [result(scene, one) for one in (fresh, scene.app.sign_secret)] == [1, 1]
    scene.house.clock.forward(days=29, hours=23)
    heard(scene)
    with scene.house.store.begin() as db:
        [old] = [one for one in apps.credentials(db, scene.app.appkey).signing if one.until]
    assert old.plain == scene.app.sign_secret
    # What a gateway still holds in memory ends all the same.
    with scene.house.store.read() as db:
        held = replace(apps.credentials(db, scene.app.appkey), signing=(old,))
    params = scene.params(SHOP)
    given = (params, params["signMethod"], params["sign"])
    assert apps.check_signature(held, *given, scene.house.clock()) == old.id
    with pytest.raises(SignatureRefused):
        apps.check_signature(held, *given, old.until or scene.house.clock())


def test_a_second_roll_leaves_two_at_most(scene: Scene) -> None:
    one = roll(scene, days=7)
    two = roll(scene, days=7)
    heard(scene)
    assert [result(scene, secret) for secret in (scene.app.sign_secret, one, two)] == [27, 1, 1]


def test_no_overlap_is_longer_than_thirty_days(scene: Scene) -> None:
    roll(scene, days=400)
    [until] = [one.until for one in secrets_of(scene) if one.until]
    assert until - scene.house.clock() == timedelta(days=30)


def test_of_two_secrets_the_paused_one_stops_and_the_other_works_on(scene: Scene) -> None:
    fresh = roll(scene, days=7)
    new, old = secrets_of(scene)
    with scene.house.store.begin() as db:
        apps.pause_secret(db, scene.owner, scene.app.app_id, old.id, paused=True)
    heard(scene)
    assert [result(scene, secret) for secret in (fresh, scene.app.sign_secret)] == [1, 27]
    with scene.house.store.begin() as db:
        apps.pause_secret(db, scene.owner, scene.app.app_id, old.id, paused=False)
        apps.pause_secret(db, scene.owner, scene.app.app_id, new.id, paused=True)
    heard(scene)
    assert [result(scene, secret) for secret in (fresh, scene.app.sign_secret)] == [27, 1]


def test_with_all_paused_the_answer_says_why(scene: Scene) -> None:
    [only] = secrets_of(scene)
    with scene.house.store.begin() as db:
        apps.pause_secret(db, scene.owner, scene.app.app_id, only.id, paused=True)
    heard(scene)
    found = scene.call(SHOP)
    assert (found["result"], found["sub_code"]) == (22, "gateway.app-frozen")


def test_a_developer_cannot_thaw_what_staff_froze(scene: Scene) -> None:
    [only] = secrets_of(scene)
    with scene.house.store.begin() as db:
        apps.pause_secret(db, scene.owner, scene.app.app_id, only.id, paused=True)
        credentials.freeze(db, scene.app.app_id)
        apps.pause_secret(db, scene.owner, scene.app.app_id, only.id, paused=False)
        assert apps.credentials(db, scene.app.appkey).sign_secrets == ()
        apps.pause_secret(db, scene.owner, scene.app.app_id, only.id, paused=True)
        credentials.thaw(db, scene.app.app_id)
        # Nor does the staff's thaw undo what the developer stopped.
        assert apps.credentials(db, scene.app.appkey).sign_secrets == ()


def test_a_developer_does_not_roll_out_of_a_freeze(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        credentials.freeze(db, scene.app.app_id)
    fresh = roll(scene, days=7)
    with scene.house.store.read() as db:
        found = apps.credentials(db, scene.app.appkey)
        assert (found.frozen, found.sign_secrets) == (True, ())
    with scene.house.store.begin() as db:
        credentials.thaw(db, scene.app.app_id)
        assert apps.credentials(db, scene.app.appkey).sign_secrets == (fresh,)


def test_a_paused_secret_gets_no_days_more_by_a_roll(scene: Scene) -> None:
    [only] = secrets_of(scene)
    with scene.house.store.begin() as db:
        apps.pause_secret(db, scene.owner, scene.app.app_id, only.id, paused=True)
    fresh = roll(scene, days=7)
    with scene.house.store.read() as db:
        assert apps.credentials(db, scene.app.appkey).sign_secrets == (fresh,)


def test_the_last_secret_and_another_apps_are_not_ended(scene: Scene) -> None:
    [only] = secrets_of(scene)
    with scene.house.store.begin() as db:
        with pytest.raises(LastSecret):
            apps.end_secret(db, scene.owner, scene.app.app_id, only.id)
        with pytest.raises(NoApp):
            apps.end_secret(db, vault.new_subject(db), scene.app.app_id, only.id)
        with pytest.raises(NoSecret):
            apps.pause_secret(db, scene.owner, scene.app.app_id, "x", paused=True)


def test_a_freeze_stops_a_gateway_elsewhere_within_its_second(scene: Scene) -> None:
    """Another process hears no bell: it asks for the version of what it holds."""
    way, clock = scene.upstream, scene.house.clock
    elsewhere = Gateway(scene.house.store, Upstream(way, SECRET, clock), fresh_for=0.0)
    scene.gateway, here = elsewhere, scene.gateway
    assert scene.call(SHOP)["result"] == 1
    with scene.house.store.begin() as db:
        credentials.freeze(db, scene.app.app_id)
    assert scene.call(SHOP)["sub_code"] == "gateway.app-frozen"
    with scene.house.store.begin() as db:
        credentials.thaw(db, scene.app.app_id)
    assert scene.call(SHOP)["result"] == 1
    asyncio.run(here.close())


def used(scene: Scene) -> list[str]:
    return [one.last_used.isoformat() if one.last_used else "" for one in secrets_of(scene)]


def test_the_hour_of_the_last_use_is_written_off_the_way_of_calls(scene: Scene) -> None:
    assert used(scene) == [""]
    scene.call(SHOP)
    asyncio.run(scene.gateway.close())
    hour = scene.house.clock().replace(minute=0, second=0, microsecond=0)
    assert used(scene) == [hour.isoformat()]
    scene.house.clock.forward(hours=5)
    scene.call(SHOP)
    asyncio.run(scene.gateway.close())
    assert used(scene) == [(hour + timedelta(hours=5)).isoformat()]


def test_a_call_that_is_not_signed_by_it_is_no_use_of_a_secret(scene: Scene) -> None:
    scene.call(SHOP, sign="x")
    asyncio.run(scene.gateway.close())
    assert used(scene) == [""]


def test_uses_of_one_hour_are_written_once_and_what_failed_is_kept(house: House) -> None:
    wear, now = uses.Wear(), house.clock()
    wear.note("a", now)
    assert wear.waiting() == {"a": now}  # a write that failed takes nothing away
    wear.written(wear.waiting())
    wear.note("a", now + timedelta(minutes=59))
    assert wear.waiting() == {}
    wear.note("a", now + timedelta(hours=1))
    assert set(wear.waiting()) == {"a"}
