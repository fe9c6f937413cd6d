"""What newer clients rely on beside the protocol: RFC 7636, 7009, 7662, 8414, over HTTP."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from shouyue.doors.gateway.types import Call
from shouyue.doors.site.pages import DOOR
from shouyue.doors.site.pages import PAGES as SITE
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import errors
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.rules import CODE_LIFE
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import Control
from tests.callers import FORM, Scene
from tests.house import House
from tests.merchants import CALLBACK, make_app
from tests.pages import ORIGIN, browser

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SHOP = "open.shop.info.get"
INTROSPECT, REVOKE, TOKEN = "/oauth2/introspect", "/oauth2/revoke", "/oauth2/access_token"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def post(scene: Scene, path: str, **given: str) -> tuple[int, dict[str, Any]]:
    keys = {"client_id": scene.app.appkey, "client_secret": scene.app.app_secret}
    body = urlencode({k: v for k, v in (keys | given).items() if v}).encode()
    answer = scene.answer(Call("POST", path, b"", FORM, body))
    return answer.status, json.loads(answer.body)


def code(scene: Scene, **more: str) -> str:
    """The merchant's yes to a request with these further parameters."""
    asked = {"client_id": scene.app.appkey, "redirect_uri": CALLBACK, "scope": "merchant_item"}
    with scene.house.store.begin() as db:
        request = oauth.ask(db, asked | more)
        notice = consent.show(db, grants.offer(request, "zh"))
        return oauth.grant(db, scene.merchant, request, notice.token, control=Control.BUTTON)


def bound(scene: Scene) -> str:
    return code(scene, code_challenge=CHALLENGE, code_challenge_method="S256")


def exchanged(scene: Scene, given: str, verifier: str) -> dict[str, Any]:
    kind = {"grant_type": "authorization_code", "code": given, "code_verifier": verifier}
    return post(scene, TOKEN, **kind)[1]


def test_the_challenge_is_the_one_of_the_standards_example() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == CHALLENGE


@pytest.mark.parametrize(
    ("verifier", "error"),
    [
        (VERIFIER, ""),
        (VERIFIER[:-1] + "x", "invalid_grant"),
        ("", "invalid_grant"),
        (CHALLENGE, "invalid_grant"),
        ("short", "invalid_request"),
    ],
)
def test_a_code_with_a_challenge_opens_for_its_verifier_alone(
    scene: Scene, verifier: str, error: str
) -> None:
    assert exchanged(scene, bound(scene), verifier).get("error", "") == error


def test_a_wrong_verifier_does_not_use_the_code_up(scene: Scene) -> None:
    given = bound(scene)
    exchanged(scene, given, "x" * 43)
    assert exchanged(scene, given, VERIFIER)["result"] == 1


def test_a_verifier_for_a_code_without_challenge_is_refused(scene: Scene) -> None:
    assert exchanged(scene, code(scene), VERIFIER)["error"] == "invalid_grant"


def test_a_code_with_a_challenge_lives_no_longer(scene: Scene) -> None:
    given = bound(scene)
    scene.house.clock.forward(seconds=CODE_LIFE.total_seconds())
    assert exchanged(scene, given, VERIFIER)["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"code_challenge": CHALLENGE}, "code_challenge_method"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "code_challenge_method"),
        ({"code_challenge": "x", "code_challenge_method": "S256"}, "code_challenge"),
        ({"code_challenge_method": "S256"}, "code_challenge"),
    ],
)
def test_a_challenge_that_protects_nothing_is_refused(
    scene: Scene, more: dict[str, str], name: str
) -> None:
    with pytest.raises(errors.InvalidRequest) as caught:
        code(scene, **more)
    assert caught.value.facts["name"] == name


def test_an_app_looks_at_its_merchants_token(scene: Scene) -> None:
    status, found = post(scene, INTROSPECT, token=scene.tokens.access)
    now = int(scene.house.clock().timestamp())
    assert status == 200
    assert found["active"] is True
    assert (found["client_id"], found["sub"]) == (scene.app.appkey, scene.tokens.open_id)
    assert found["scope"].split(" ") == list(scene.tokens.scopes)
    assert (found["iat"], found["exp"]) == (now, now + 48 * 3600)


def test_a_package_that_the_app_lost_is_no_scope_of_its_tokens(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_scopes(db, scene.app.app_id, ["merchant_item"])
    found = post(scene, INTROSPECT, token=scene.tokens.access)[1]
    assert found["scope"] == "user_info merchant_item"


def test_an_apps_own_token_belongs_to_no_merchant(scene: Scene) -> None:
    token = post(scene, TOKEN, grant_type="client_credentials")[1]["access_token"]
    found = post(scene, INTROSPECT, token=token)[1]
    assert (found["active"], found["scope"], "sub" in found) == (True, "", False)


def test_a_refresh_token_opens_nothing_by_itself(scene: Scene) -> None:
    found = post(scene, INTROSPECT, token=scene.tokens.refresh)[1]
    assert (found["active"], found["scope"]) == (True, "")


@pytest.mark.parametrize("how", ["unknown", "expired", "revoked", "grant"])
def test_a_token_that_opens_nothing_is_not_active_and_no_more_is_said(
    scene: Scene, how: str
) -> None:
    token = scene.tokens.access
    if how == "expired":
        scene.house.clock.forward(hours=48)
    elif how == "revoked":
        post(scene, REVOKE, token=token)
    elif how == "grant":
        with scene.house.store.begin() as db:
            grants.revoke(db, scene.merchant, scene.app.app_id)
    status, found = post(scene, INTROSPECT, token="x" if how == "unknown" else token)
    told = {name: found[name] for name in found if name.lower() not in ("requestid", "request_id")}
    assert (status, told) == (200, {"result": 1, "active": False})


def test_an_app_learns_nothing_of_anothers_token(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        _, other = make_app(db, "别家应用")
    keys = {"client_id": other.appkey, "client_secret": other.app_secret}
    found = post(scene, INTROSPECT, **keys, token=scene.tokens.access)[1]
    assert found["active"] is False
    # Nor can it end it.
    assert post(scene, REVOKE, **keys, token=scene.tokens.access)[0] == 200
    assert post(scene, INTROSPECT, token=scene.tokens.access)[1]["active"] is True


@pytest.mark.parametrize("path", [INTROSPECT, REVOKE])
@pytest.mark.parametrize(
    ("given", "status", "error"),
    [
        ({"client_secret": "wrong", "token": "x"}, 401, "invalid_client"),
        ({"client_id": "ks0", "token": "x"}, 401, "invalid_client"),
        ({"client_id": "", "token": "x"}, 401, "invalid_client"),
        ({"client_secret": "", "token": "x"}, 401, "invalid_client"),
        ({"token": ""}, 400, "invalid_request"),
        ({"app_id": "ks0", "token": "x"}, 400, "invalid_request"),
    ],
)
def test_a_refusal_there_has_the_standards_status(
    scene: Scene, path: str, given: dict[str, str], status: int, error: str
) -> None:
    found = post(scene, path, **given)
    assert (found[0], found[1]["error"]) == (status, error)
    assert found[1]["result"] != 1


def test_an_app_that_went_offline_learns_nothing(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_state(db, scene.app.app_id, AppState.OFFLINE)
    assert post(scene, INTROSPECT, token=scene.tokens.access)[0] == 401


@pytest.mark.parametrize("path", [INTROSPECT, REVOKE])
def test_a_token_does_not_come_in_an_address(scene: Scene, path: str) -> None:
    keys = {"client_id": scene.app.appkey, "client_secret": scene.app.app_secret}
    query = urlencode({**keys, "token": scene.tokens.access}).encode()
    assert scene.answer(Call("GET", path, query)).status == 400


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "nonsense"])
@pytest.mark.parametrize("which", ["access", "refresh"])
def test_a_token_given_back_ends_its_grant_at_once_whatever_the_hint(
    scene: Scene, which: str, hint: str
) -> None:
    assert scene.call(SHOP)["result"] == 1
    status, _ = post(scene, REVOKE, token=getattr(scene.tokens, which), token_type_hint=hint)
    assert status == 200
    assert scene.call(SHOP)["result"] == 24
    refreshed = {"grant_type": "refresh_token", "refresh_token": scene.tokens.refresh}
    assert post(scene, TOKEN, **refreshed)[1]["error"] == "access_denied"


def basic(app_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote(app_id, safe='')}:{quote(secret, safe='')}"
    return FORM | {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@pytest.mark.parametrize(
    ("secret", "body", "result"),
    [
        ("", {}, 1),
        ("wrong", {}, 100200101),
        ("", {"app_id": "ks0"}, 100200100),
        ("", {"client_id": "ks0"}, 100200100),
    ],
)
def test_a_client_may_prove_itself_by_http_basic(
    scene: Scene, secret: str, body: dict[str, str], result: int
) -> None:
    headers = basic(scene.app.appkey, secret or scene.app.app_secret)
    form = urlencode({"grant_type": "client_credentials", **body}).encode()
    assert scene.read(Call("POST", TOKEN, b"", headers, form))["result"] == result


def test_basic_that_cannot_be_read_is_nobody(scene: Scene) -> None:
    headers = FORM | {"authorization": "Basic ???"}
    answer = scene.answer(Call("POST", REVOKE, b"", headers, b"token=x"))
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Basic realm="oauth"')


def test_the_server_describes_itself_and_each_address_is_answered(scene: Scene) -> None:
    client = browser(scene.house, (DOOR, SITE))
    answer = client.get("/.well-known/oauth-authorization-server")
    found = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert found["issuer"] == ORIGIN
    assert found["code_challenge_methods_supported"] == ["S256"]
    for name in ("token", "revocation", "introspection"):
        path = found[f"{name}_endpoint"].removeprefix(ORIGIN)
        assert scene.gateway.serves(path)
        for method in found[f"{name}_endpoint_auth_methods_supported"]:
            assert method in ("client_secret_basic", "client_secret_post")
    assert found["authorization_endpoint"] == f"{ORIGIN}/oauth2/authorize"
    assert set(scene.tokens.scopes) <= set(found["scopes_supported"])
