"""The token endpoint, rule by rule of the protocol (sections 2.2, 2.3, 2.5), over HTTP."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.doors.gateway.types import Call
from shouyue.ground.kit.types import SubjectId
from shouyue.platform.apps import credentials
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.policy.purposes import Purpose
from tests.callers import FORM, Scene
from tests.house import House, StoppedClock
from tests.merchants import ALL_SCOPES, CALLBACK, SELLER, authorise

DAY = 24 * 60 * 60
SHOP = "open.shop.info.get"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def post(scene: Scene, path: str = "/oauth2/access_token", **given: str) -> dict[str, Any]:
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    return scene.read(Call("POST", path, b"", FORM, urlencode(keys | given).encode()))


def code(scene: Scene, scope: str = "") -> str:
    with scene.house.store.begin() as db:
        return authorise(db, scene.merchant, scene.app, scope)


def by_code(scene: Scene, **given: str) -> dict[str, Any]:
    return post(scene, **{"grant_type": "code", "code": code(scene), **given})


def refreshed(scene: Scene, token: str) -> dict[str, Any]:
    return post(scene, "/oauth2/refresh_token", grant_type="refresh_token", refresh_token=token)


def works(scene: Scene, token: str) -> bool:
    return bool(scene.call(SHOP, access_token=token)["result"] == 1)


def test_a_success_has_the_fields_of_the_protocol_and_no_error(scene: Scene) -> None:
    found = by_code(scene)
    told = {key: found[key] for key in found if not key.endswith(("token", "equestId", "st_id"))}
    assert told == {
        "result": 1,
        "token_type": "bearer",
        "expires_in": 2 * DAY,
        "refresh_token_expires_in": 180 * DAY,
        "open_id": found["open_id"],
        "scopes": ["user_info", *ALL_SCOPES],
        "scope": ",".join(["user_info", *ALL_SCOPES]),
    }


def test_an_apps_own_token_has_no_refresh_no_merchant_and_no_error(scene: Scene) -> None:
    found = post(scene, grant_type="client_credentials")
    assert (found["result"], found["token_type"], found["expires_in"]) == (1, "bearer", 2 * DAY)
    assert not {"error", "refresh_token", "open_id", "refresh_token_expires_in"} & set(found)


def test_a_token_is_not_kept_on_its_way(scene: Scene) -> None:
    """RFC 6749, 5.1."""
    body = urlencode({"app_id": scene.app.appkey, "grant_type": "client_credentials"}).encode()
    headers = scene.answer(Call("POST", "/oauth2/access_token", b"", FORM, body)).headers
    assert (headers["cache-control"], headers["pragma"]) == ("no-store", "no-cache")


def test_a_body_that_is_no_form_is_named_as_such(scene: Scene) -> None:
    call = Call("POST", "/oauth2/access_token", b"", {"content-type": "application/json"}, b"{}")
    found = scene.read(call)
    assert (found["error"], found["sub_code"]) == ("invalid_request", "gateway.media-type")


def test_an_apps_own_token_lives_48_hours_to_the_second(scene: Scene) -> None:
    def ticks(clock: StoppedClock) -> datetime:
        clock.forward(milliseconds=7)  # as clocks do between two looks
        return clock.at

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StoppedClock, "__call__", ticks)
        assert post(scene, grant_type="client_credentials")["expires_in"] == 2 * DAY
        assert by_code(scene)["expires_in"] == 2 * DAY


def test_an_apps_own_token_ends_after_48_hours(scene: Scene) -> None:
    token = post(scene, grant_type="client_credentials")["access_token"]
    scene.house.clock.forward(hours=48)
    found = scene.call(SHOP, access_token=token)
    assert (found["result"], found["sub_code"]) == (24, "oauth.token-expired")


@pytest.mark.parametrize(("seconds", "result"), [(119, 1), (120, 100200105)])
def test_a_code_lives_less_than_two_minutes(scene: Scene, seconds: int, result: int) -> None:
    given = code(scene)
    scene.house.clock.forward(seconds=seconds)
    assert post(scene, grant_type="code", code=given)["result"] == result


def test_a_code_used_twice_takes_back_its_grant_and_leaves_the_merchants_consent(
    scene: Scene,
) -> None:
    given = code(scene)
    first = post(scene, grant_type="code", code=given)
    again = post(scene, grant_type="code", code=given)
    scene.gateway.snapshot.forget()

    assert (again["result"], again["error"]) == (100200105, "invalid_grant")
    assert not works(scene, first["access_token"])
    assert refreshed(scene, first["refresh_token"])["result"] == 100200102
    # Another grant of the same merchant stands; what the merchant said is only the merchant's.
    assert works(scene, scene.tokens.access)
    assert stands(scene, scene.merchant) is ConsentState.GIVEN


def stands(scene: Scene, merchant: SubjectId) -> ConsentState:
    with scene.house.store.read() as db:
        return consent.state(db, merchant, Purpose.P6, scene.app.app_id)


@pytest.mark.parametrize(
    ("address", "result"), [(CALLBACK, 1), ("", 1), ("https://thief.example/", 100200105)]
)
def test_a_code_that_went_to_another_address_is_refused(
    scene: Scene, address: str, result: int
) -> None:
    assert by_code(scene, redirect_uri=address)["result"] == result


def test_a_refused_code_is_not_used_up_by_a_stranger(scene: Scene) -> None:
    given = code(scene)
    wrong = post(scene, grant_type="code", code=given, app_secret="wrong")
    assert wrong["result"] == 100200101
    assert post(scene, grant_type="code", code=given)["result"] == 1


def test_an_access_token_works_for_48_hours_and_after_a_refresh_to_its_own_end(
    scene: Scene,
) -> None:
    old = by_code(scene)
    scene.house.clock.forward(hours=47)
    fresh = refreshed(scene, old["refresh_token"])
    assert works(scene, old["access_token"])
    scene.house.clock.forward(hours=1)
    assert not works(scene, old["access_token"])
    assert works(scene, fresh["access_token"])


def test_a_refresh_inherits_the_life_that_is_left(scene: Scene) -> None:
    token = by_code(scene)["refresh_token"]
    for day in (60, 120, 179):
        scene.house.clock.forward(days=60 if day < 179 else 59)
        found = refreshed(scene, token)
        assert found["refresh_token_expires_in"] == (180 - day) * DAY
        token = found["refresh_token"]
    assert found["expires_in"] == DAY  # no access outlives its grant
    scene.house.clock.forward(days=1)
    late = refreshed(scene, token)
    assert (late["result"], late["error"]) == (100200113, "refresh_token_expired")


def test_an_old_refresh_token_is_discarded_after_five_minutes(scene: Scene) -> None:
    old = by_code(scene)["refresh_token"]
    refreshed(scene, old)
    scene.house.clock.forward(minutes=4, seconds=59)
    assert refreshed(scene, old)["result"] == 1
    scene.house.clock.forward(seconds=1)
    found = refreshed(scene, old)
    assert (found["result"], found["error"]) == (100200102, "access_denied")
    assert "refreshToken.discarded" in found["error_msg"]


def test_after_a_revocation_the_refresh_token_says_so(scene: Scene) -> None:
    token = by_code(scene)["refresh_token"]
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    found = refreshed(scene, token)
    assert found["result"] == 100200102
    assert "refreshToken.revokedAuthorization" in found["error_msg"]


def test_a_scope_added_later_needs_a_new_yes(scene: Scene) -> None:
    token = post(scene, grant_type="code", code=code(scene, "user_info"))
    code(scene)
    found = scene.call("open.item.get", {"kwaiItemId": 1}, access_token=token["access_token"])
    assert (found["result"], found["sub_code"]) == (28, "gateway.no-scope")
    assert refreshed(scene, token["refresh_token"])["scopes"] == ["user_info"]


@pytest.mark.parametrize("kind", ["frozen", "offline"])
def test_an_app_that_is_stopped_gets_no_token(scene: Scene, kind: str) -> None:
    given = code(scene)
    with scene.house.store.begin() as db:
        if kind == "frozen":
            credentials.freeze(db, scene.app.app_id)
        else:
            apps.set_state(db, scene.app.app_id, AppState.OFFLINE)
    for found in (
        post(scene, grant_type="code", code=given),
        post(scene, grant_type="client_credentials"),
        refreshed(scene, scene.tokens.refresh),
    ):
        assert (found["result"], found["error"]) == (100200101, "unauthorized_client")


@pytest.mark.parametrize("path", ["/oauth2/access_token", "/oauth2/refresh_token"])
def test_a_grant_type_is_answered_at_either_path(scene: Scene, path: str) -> None:
    assert post(scene, path, grant_type="authorization_code", code=code(scene))["result"] == 1
    assert post(scene, path, grant_type="client_credentials")["result"] == 1
    one = post(scene, path, grant_type="refresh_token", refresh_token=scene.tokens.refresh)
    assert one["result"] == 1


def test_two_spellings_of_one_name_that_disagree_are_refused(scene: Scene) -> None:
    found = post(scene, grant_type="client_credentials", client_id="ks0")
    assert (found["result"], found["error"]) == (100200100, "invalid_request")


def test_no_secret_and_no_token_stands_in_a_refusal(scene: Scene) -> None:
    found = post(scene, grant_type="code", code="secret-code", app_secret="secret-secret")
    assert "secret-" not in json.dumps(found)


def test_the_shop_behind_a_token_is_the_merchants(scene: Scene) -> None:
    with scene.house.store.read() as db:
        assert oauth.look_up(db, by_code(scene)["access_token"]).seller_id == SELLER
