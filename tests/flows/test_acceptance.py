"""What a server must do for the clients in use, point by point, through the real gateway.

Each request is what one of them sends, as bytes to the ASGI application, chunked where they chunk.
"""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.ground.hazmat import messages
from tests import shops
from tests.aes import decrypt_cbc
from tests.callers import Scene, signature
from tests.house import House
from tests.merchants import ALL_SCOPES, CALLBACK, authorise
from tests.pushing import order_event, stage

SHOP = "open.shop.info.get"
PATH = "/open/shop/info/get"
ORDER = "open.order.detail"
UPLOAD = "open.item.image.upload"
FORM = "application/x-www-form-urlencoded"
SAFE = 2**53


@pytest.fixture
def scene(house: House) -> Scene:
    found = Scene(house)
    found.upstream.data = {"shopName": "晨星小店"}
    return found


def send(
    scene: Scene, verb: str, path: str, *pieces: bytes, media: str = "", query: str = ""
) -> tuple[int, Any]:
    """One request in pieces; returns the status and what was answered as JSON."""
    sent: list[Any] = []
    bodies = pieces or (b"",)
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(bodies)}
        for number, piece in enumerate(bodies, start=1)
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    async def take(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": verb,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"content-type", media.encode())] if media else [],
        "client": ("203.0.113.9", 1),
    }
    asyncio.run(Asgi(Hosted(scene.gateway, scene.spools))(scope, receive, take))
    body = sent[1]["body"]
    return sent[0]["status"], json.loads(body) if body else None


def form(scene: Scene, verb: str, path: str, params: dict[str, str]) -> dict[str, Any]:
    """A form in the body, whatever the verb."""
    status, found = send(scene, verb, path, urlencode(params).encode(), media=FORM)
    assert status == 200
    return dict(found)


def multipart(
    scene: Scene, path: str, params: dict[str, str], *, file: str | None = None
) -> dict[str, Any]:
    """Every parameter a part, sent in chunks; `file` is the disposition of one more part."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in params.items()
    ]
    if file is not None:
        head = f"--b\r\nContent-Disposition: form-data; {file}\r\n"
        head += "Content-Type: application/octet-stream\r\n\r\n"
        parts.append(head.encode() + bytes(range(256)) + b"\r\n")
    media = "multipart/form-data; boundary=b"
    _, found = send(scene, "POST", path, *parts, b"--b--\r\n", media=media)
    return dict(found)


# 1. Routes, verbs of nobody's list, the host's root.


@pytest.mark.parametrize("path", [PATH, "/open/open/shop/info/get", "/open/api"])
def test_1_an_api_is_found_by_path_by_doubled_prefix_and_by_method_alone(
    scene: Scene, path: str
) -> None:
    assert form(scene, "POST", path, scene.params(SHOP))["result"] == 1


@pytest.mark.parametrize("path", ["/", PATH])
def test_1_a_client_that_knocks_with_head_is_let_go_on(scene: Scene, path: str) -> None:
    status, _ = send(scene, "HEAD", path)
    assert status < 500
    assert form(scene, "POST", PATH, scene.params(SHOP))["result"] == 1


def test_1_no_such_api_is_1026(scene: Scene) -> None:
    found = form(scene, "GET", "/open/no/such", scene.params("open.no.such"))
    assert found["result"] == 1026


# 2, 4, 11. Where parameters may be, by any verb.


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_2_parameters_come_in_the_query_the_form_or_both(scene: Scene, verb: str) -> None:
    params = scene.params(SHOP)
    _, found = send(scene, verb, PATH, query=urlencode(params))
    assert found["result"] == 1
    assert form(scene, verb, PATH, params)["result"] == 1
    query = urlencode({"appkey": params.pop("appkey")})
    body = urlencode(params).encode()
    _, found = send(scene, verb, PATH, body[:9], body[9:], media=FORM, query=query)
    assert found["result"] == 1


def test_2_every_call_may_be_multipart_in_chunks(scene: Scene) -> None:
    assert multipart(scene, PATH, scene.params(SHOP))["result"] == 1


@pytest.mark.parametrize("file", ['name="imgBytes"; filename="a.jpg"', 'name="imgBytes"', None])
def test_2_an_upload_comes_with_a_file_with_or_without_a_name_or_with_none(
    scene: Scene, file: str | None
) -> None:
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    params = scene.params(UPLOAD, {"uploadType": 1, "imgUrl": "https://img.example/1.jpg"})
    found = multipart(scene, "/open/item/image/upload", params, file=file)
    assert found["data"] == {"originImgUrl": "o", "kwaiImgUrl": "k"}
    _, _, body = scene.upstream.asked[0]
    assert (bytes(range(256)) in body) is (file is not None)


# 3. `param` as clients spell it; the signature is over what came.


@pytest.mark.parametrize(
    "param", [None, "", "{}", "[]", '{"b":1,"a":2}', '{"x":"\\u4e2d\\/"}', '{ "x" : "中/" }']
)
@pytest.mark.parametrize("method", ["MD5", "HMAC_SHA256"])
def test_3_param_is_signed_as_it_came(scene: Scene, param: str | None, method: str) -> None:
    params = scene.params(SHOP, param, signMethod=method, sign=None)
    if param is None:
        del params["param"]
    params["sign"] = signature(params, scene.app.sign_secret)
    assert form(scene, "POST", PATH, params)["result"] == 1


@pytest.mark.parametrize("given", [None, ""])
def test_11_a_call_without_a_token_may_leave_the_key_out_or_empty(
    scene: Scene, given: str | None
) -> None:
    found = form(scene, "POST", PATH, scene.params(SHOP, access_token=given))
    assert (found["result"], found["sub_code"]) == (24, "gateway.no-token")


# 5, 8, 11. The token endpoint, under every name and verb in use.

NAMES = (
    ("app_id", "app_secret", "redirect_uri"),
    ("appId", "appSecret", "redirectUri"),
    ("client_id", "client_secret", "redirect_uri"),
)
TOKEN_PATHS = ("/oauth2/access_token", "/oauth2/refresh_token")


def token(scene: Scene, path: str, verb: str, way: str, **given: str) -> dict[str, Any]:
    """One request for a token, in the query or in a form."""
    if way == "form":
        return form(scene, verb, path, given)
    _, found = send(scene, verb, path, query=urlencode(given))
    return dict(found)


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("way", ["query", "form"])
def test_5_tokens_are_given_by_every_verb_and_name(
    scene: Scene, names: tuple[str, str, str], verb: str, way: str
) -> None:
    app_id, secret, redirect = names
    keys = {app_id: scene.app.appkey, secret: scene.app.app_secret}
    for path in TOKEN_PATHS:
        for kind in ("code", "authorization_code"):
            with scene.house.store.begin() as db:
                code = authorise(db, scene.merchant, scene.app)
            more = {"grant_type": kind, "code": code, redirect: CALLBACK}
            found = token(scene, path, verb, way, **keys, **more)
            assert found["result"] == 1
            again = {"grant_type": "refresh_token", "refresh_token": found["refresh_token"]}
            assert token(scene, path, verb, way, **keys, **again)["result"] == 1
        own = token(scene, path, verb, way, **keys, grant_type="client_credentials")
        assert own["result"] == 1


def test_8_a_success_of_oauth_has_what_clients_read_and_no_error(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        code = authorise(db, scene.merchant, scene.app)
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    found = token(scene, TOKEN_PATHS[0], "GET", "query", **keys, grant_type="code", code=code)
    assert "error" not in found
    assert (found["result"], found["token_type"]) == (1, "bearer")
    assert found["scopes"] == ["user_info", *ALL_SCOPES]
    assert found["scope"] == ",".join(found["scopes"])


# 6. Both grant pages.


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth2/authorize"])
@pytest.mark.parametrize(
    ("app_id", "redirect"), [("app_id", "redirect_uri"), ("appId", "redirectUri")]
)
def test_6_a_merchant_is_led_to_the_grant_page(
    scene: Scene, path: str, app_id: str, redirect: str
) -> None:
    given = {app_id: scene.app.appkey, redirect: CALLBACK, "response_type": "code", "state": "s"}
    answer = shops.nobody(scene.house).get(path, params=given)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?")


# 7, 10. The envelope and its numbers.


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"sign": "x"},
        {"appkey": None},
        {"access_token": "x"},
        {"version": "2"},
        {"timestamp": "1"},
        {"param": "no json"},
    ],
)
def test_7_every_answer_has_a_result_and_the_fields_that_clients_read(
    scene: Scene, other: dict[str, Any]
) -> None:
    found = form(scene, "POST", PATH, scene.params(SHOP, **other))
    assert isinstance(found["result"], int)
    assert found["code"] == str(found["result"])
    assert found["requestId"] == found["request_id"] != ""
    if found["result"] == 1:
        assert (found["msg"], found["error_msg"]) == ("success", "SUCCESS")
    else:
        assert found["error_code"] == found["code"]
        assert all(found[name] for name in ("msg", "sub_code", "sub_msg", "error_msg"))


@pytest.mark.parametrize("path", [*TOKEN_PATHS, "/oauth2/revoke", "/oauth2/introspect"])
def test_11_every_answer_of_oauth_has_a_result_too(scene: Scene, path: str) -> None:
    _, found = send(scene, "POST", path, b"grant_type=nonsense", media=FORM)
    assert isinstance(found["result"], int)
    assert found["result"] != 1
    assert found["error"]
    assert found["error_msg"]


def test_10_ids_are_integers_that_a_browser_keeps(scene: Scene) -> None:
    scene.upstream.data = {"orderBaseInfo": {"oid": 2632700000001, "buyerOpenId": "b"}}
    found = form(scene, "GET", "/open/order/detail", scene.params(ORDER, {"oid": 2632700000001}))
    oid = found["data"]["orderBaseInfo"]["oid"]
    assert oid == 2632700000001
    assert oid < SAFE


# 9, 11. Pushed messages.


def test_9_a_message_opens_with_the_message_key_as_the_protocol_has_it(house: House) -> None:
    shop = stage(house)
    shop.take(order_event())
    shop.worker.run_once()
    key = base64.b64decode(shop.app.message_key)
    plain = [
        json.loads(decrypt_cbc(key, base64.b64decode(out.body, validate=True)))
        for out in shop.net.got
    ]
    [message] = [one for one in plain if not one["test"]]
    assert message["test"] is False
    assert isinstance(message["info"], str)
    assert json.loads(message["info"])["oid"] < SAFE


@pytest.mark.parametrize("length", [16, 24, 32])
def test_11_message_keys_of_every_length_in_use_open(length: int) -> None:
    key, text = bytes(range(length)), '{"test":true,"info":"中文"}'.encode()
    assert messages.decrypt(key, messages.encrypt(key, text)) == text
