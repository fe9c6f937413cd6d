import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shouyue.doors.gateway import rules
from shouyue.doors.gateway.asgi import Asgi
from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Call
from shouyue.doors.upstreams.service import Upstream
from shouyue.ground.hazmat import fields, requests
from shouyue.ground.hazmat.requests import SignMethod
from shouyue.platform.apps import credentials as secrets
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, SecretKind
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.sharing.types import Standing
from tests.callers import FORM, SECRET, Scene, signature
from tests.house import House
from tests.merchants import SELLER, make_app

SHOP = "open.shop.info.get"
ORDER = "open.order.detail"
ORDERS = "open.order.cursor.list"
UPLOAD = "open.item.image.upload"
NAME, PHONE, STREET = "欧阳明月", "13812345678", "文一西路969号3幢"
NOW_MS = 1795399200000


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def order(oid: int = 2632700000001) -> dict[str, Any]:
    return {
        "orderBaseInfo": {
            "oid": oid,
            "status": 30,
            "buyerOpenId": f"buyer-{oid}",
            "buyerNick": "月亮",
            "secretScore": 9,
        },
        "orderAddress": {
            "consignee": NAME,
            "mobile": PHONE,
            "address": STREET,
            "province": "浙江省",
        },
        "internalNote": "not for developers",
    }


def multipart(params: dict[str, str], content: bytes | None = None, *, named: bool = True) -> Call:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in params.items()
    ]
    if content is not None:
        file = '; filename="a.jpg"' if named else ""
        head = f'--b\r\nContent-Disposition: form-data; name="imgBytes"{file}\r\n'
        parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n")
    path = "/" + params["method"].replace(".", "/")
    headers = {"content-type": "multipart/form-data; boundary=b"}
    return Call("POST", path, b"", headers, b"".join([*parts, b"--b--\r\n"]))


def test_a_signed_call_is_answered_in_the_envelope(scene: Scene) -> None:
    scene.upstream.data = {"shopName": "晨星小店", "shopType": 1, "hidden": 1}
    found = scene.call(SHOP)
    assert found["data"] == {"shopName": "晨星小店", "shopType": 1}
    assert (found["result"], found["code"], found["msg"]) == (1, "1", "success")
    assert found["error_msg"] == "SUCCESS"
    assert "error" not in found


def test_the_upstream_hears_the_seller_the_app_and_the_parameters(scene: Scene) -> None:
    scene.upstream.data = order()
    scene.call(ORDER, {"oid": 1})
    [(path, headers, body)] = scene.upstream.asked
    assert path == "/api/open.order.detail"
    assert json.loads(body) == {
        "seller_id": SELLER,
        "app_key": scene.app.appkey,
        "param": {"oid": 1},
    }
    assert headers["x-request-id"]


@pytest.mark.parametrize("method", list(SignMethod))
def test_both_signatures_are_accepted(scene: Scene, method: SignMethod) -> None:
    assert scene.call(SHOP, signMethod=method.value)["result"] == 1


def test_an_md5_in_upper_case_is_accepted(scene: Scene) -> None:
    params = scene.params(SHOP, signMethod="MD5")
    params["sign"] = params["sign"].upper()
    found = scene.read(Call("POST", "/open/shop/info/get", b"", FORM, urlencode(params).encode()))
    assert found["result"] == 1


@pytest.mark.parametrize("param", [None, "", "{}", "[]", " {} ", '{"x":"中文\\u4e2d\\/"}'])
def test_an_empty_or_oddly_spelled_param_is_signed_as_it_came(
    scene: Scene, param: str | None
) -> None:
    other = {"param": param}
    body = urlencode(scene.params(SHOP, **other)).encode()
    assert scene.read(Call("POST", "/open/shop/info/get", b"", FORM, body))["result"] == 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/open/shop/info/get", "/open/open/shop/info/get", "/open/api"])
def test_parameters_come_in_the_query_by_any_verb_and_path(
    scene: Scene, verb: str, path: str
) -> None:
    assert scene.read(Call(verb, path, urlencode(scene.params(SHOP)).encode()))["result"] == 1


def test_a_get_may_carry_a_form_and_a_post_may_split_its_parameters(scene: Scene) -> None:
    params = scene.params(SHOP)
    whole = urlencode(params).encode()
    assert scene.read(Call("GET", "/open/shop/info/get", b"", FORM, whole))["result"] == 1
    query = urlencode({"appkey": params.pop("appkey")}).encode()
    body = urlencode(params).encode()
    assert scene.read(Call("POST", "/open/shop/info/get", query, FORM, body))["result"] == 1


def test_every_call_may_be_multipart(scene: Scene) -> None:
    assert scene.read(multipart(scene.params(SHOP)))["result"] == 1


@pytest.mark.parametrize("named", [True, False])
def test_an_upload_reaches_the_upstream_byte_for_byte(scene: Scene, *, named: bool) -> None:
    content = bytes(range(256)) * 9
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    params = scene.params(UPLOAD, {"uploadType": 1})
    found = scene.read(multipart(params, content, named=named))
    assert found["data"] == {"originImgUrl": "o", "kwaiImgUrl": "k"}
    [(_, headers, body)] = scene.upstream.asked
    assert headers["content-type"].startswith("multipart/form-data")
    assert content in body


def test_an_upload_may_be_an_address_only(scene: Scene) -> None:
    scene.upstream.data = {"originImgUrl": "o", "kwaiImgUrl": "k"}
    found = scene.call(UPLOAD, {"imgUrl": "https://img.example/1.jpg", "uploadType": 1})
    assert found["result"] == 1


@pytest.mark.clause("4.1")
def test_buyers_leave_as_ciphertext_and_mask_only(scene: Scene) -> None:
    scene.upstream.data = order()
    found = scene.call(ORDER, {"oid": 1})
    text = json.dumps(found, ensure_ascii=False)
    for plain in (NAME, PHONE, STREET, "internalNote", "secretScore"):
        assert plain not in text
    address = found["data"]["orderAddress"]
    assert address["desensitiseMobile"] == "138****5678"
    assert address["desensitiseConsignee"] == "欧**"
    assert address["province"] == "浙江省"
    keys, scope = scene.house.keys, f"{SELLER}:{scene.app.app_id}"
    opened = fields.unprotect(keys, address["encryptedMobile"], scope=scope)
    assert opened == ("2632700000001", PHONE)
    assert found["data"]["orderBaseInfo"]["sellerOpenId"] == scene.tokens.open_id


def test_one_buyer_in_two_orders_shares_an_index_and_no_cipher(scene: Scene) -> None:
    scene.upstream.data = {"cursor": "nomore", "orderList": [order(1), order(2)]}
    window = {"beginTime": NOW_MS - 1, "endTime": NOW_MS, "cursor": ""}
    found = scene.call(ORDERS, {"orderViewStatus": 1, "pageSize": 2, **window})
    one, two = (o["orderAddress"]["encryptedMobile"] for o in found["data"]["orderList"])
    assert one != two
    assert one.split("$")[1] == two.split("$")[1]


def test_an_empty_address_stays_empty(scene: Scene) -> None:
    scene.upstream.data = order() | {"orderAddress": {"consignee": "", "mobile": None}}
    address = scene.call(ORDER, {"oid": 1})["data"]["orderAddress"]
    assert address == {
        "encryptedConsignee": "",
        "desensitiseConsignee": "",
        "encryptedMobile": "",
        "desensitiseMobile": "",
    }


@pytest.mark.clause("4.1")
def test_each_release_is_written_down_before_the_answer(scene: Scene) -> None:
    scene.upstream.data = order()
    found = scene.call(ORDER, {"oid": 1})
    with scene.house.store.read() as db:
        ref = sharing.buyer_ref(db.keys, "buyer-2632700000001")
        [seen] = sharing.releases_of_ref(db, ref)
    assert (seen.recipient, seen.via) == (scene.app.app_id, ORDER)
    assert seen.request == found["requestId"]
    assert Item.DI_66 in seen.items


def test_the_merchants_own_profile_is_a_release_about_the_merchant(scene: Scene) -> None:
    scene.upstream.data = {"name": "店主", "sex": "F", "head": "h", "bigHead": "b"}
    found = scene.call("open.user.info.get")
    assert found["data"]["openId"] == scene.tokens.open_id
    with scene.house.store.read() as db:
        [seen] = sharing.releases_of(db, scene.merchant)
    assert seen.items == frozenset({Item.DI_04, Item.DI_05})


def test_many_calls_at_once_are_all_written_down(scene: Scene) -> None:
    scene.upstream.data = {"name": "店主"}
    body = urlencode(scene.params("open.user.info.get")).encode()
    call = Call("POST", "/open/user/info/get", b"", FORM, body)

    async def crowd() -> list[bytes]:
        answers = await asyncio.gather(*(scene.gateway.handle(call) for _ in range(20)))
        return [answer.body for answer in answers]

    assert {json.loads(body)["result"] for body in asyncio.run(crowd())} == {1}
    with scene.house.store.read() as db:
        assert len(sharing.releases_of(db, scene.merchant)) == 20


@pytest.mark.clause("4.1")
def test_without_a_record_nothing_leaves(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(sharing, "record_all", broken)
    scene.upstream.data = order()
    found = scene.call(ORDER, {"oid": 1})
    assert (found["result"], found["sub_code"]) == (11, "gateway.not-recorded")
    assert "data" not in found


def test_a_suspended_recipient_gets_nothing_even_from_a_warm_gateway(scene: Scene) -> None:
    scene.upstream.data = order()
    scene.call(ORDER, {"oid": 1})
    with scene.house.store.begin() as db:
        sharing.set_standing(db, scene.app.app_id, Standing.SUSPENDED)
    found = scene.call(ORDER, {"oid": 1})
    assert (found["result"], found["sub_code"]) == (22, "sharing.recipient-not-active")


def test_a_revocation_stops_a_warm_gateway_after_the_bell(scene: Scene) -> None:
    assert scene.call(SHOP)["result"] == 1
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    scene.gateway.snapshot.forget()
    found = scene.call(SHOP)
    assert (found["result"], found["sub_code"]) == (24, "oauth.token-revoked")
    assert "AUTHORIZATION_REVOKED" in found["sub_msg"]


def test_a_revocation_is_heard_without_the_bell_by_the_version(scene: Scene) -> None:
    scene.gateway.snapshot._fresh_for = 0
    assert scene.call(SHOP)["result"] == 1
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    assert scene.call(SHOP)["result"] == 24


@pytest.mark.clause("6.2.1")
def test_a_revocation_stops_personal_data_even_unheard(scene: Scene) -> None:
    scene.upstream.data = order()
    scene.call(ORDER, {"oid": 1})
    scene.gateway.snapshot._fresh_for = 60
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    assert scene.call(ORDER, {"oid": 1})["result"] == 24


def test_an_unverifiable_snapshot_is_not_relied_on_for_longer_than_a_minute(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scene.call(SHOP)["result"] == 1

    def broken(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(apps, "changes", broken)
    scene.gateway.snapshot._fresh_for = 0
    assert scene.call(SHOP)["result"] == 1
    scene.gateway.snapshot._verified -= 60
    found = scene.call(SHOP)
    assert (found["result"], found["sub_code"]) == (11, "gateway.stale")


@pytest.mark.parametrize(
    ("other", "result", "sub_code"),
    [
        ({"appkey": None}, 12, "gateway.missing"),
        ({"method": None}, 12, "gateway.missing"),
        ({"timestamp": None}, 12, "gateway.missing"),
        ({"signMethod": None}, 12, "gateway.missing"),
        ({"sign": None}, 12, "gateway.missing"),
        ({"sign": ""}, 12, "gateway.missing"),
        ({"sign": "x"}, 27, "apps.signature"),
        ({"sign": "é"}, 27, "apps.signature"),
        ({"sign": "x\x00"}, 804000, "gateway.malformed"),
        ({"appkey": "ks\x00"}, 804000, "gateway.malformed"),
        ({"appkey": "ks0"}, 27, "apps.no-app"),
        ({"appkey": "k" * 5000}, 27, "apps.no-app"),
        ({"version": "2"}, 13, "gateway.invalid"),
        ({"signMethod": "SHA1", "sign": "x"}, 13, "gateway.invalid"),
        ({"timestamp": "yesterday"}, 13, "gateway.timestamp-form"),
        ({"timestamp": "9" * 13}, 13, "gateway.timestamp"),
        ({"timestamp": "0" * 10}, 13, "gateway.timestamp"),
        ({"access_token": None}, 24, "gateway.no-token"),
        ({"access_token": ""}, 24, "gateway.no-token"),
        ({"access_token": "made-up"}, 24, "oauth.token"),
        ({"access_token": "x" * 9000}, 24, "oauth.token"),
        ({"method": "open.order.steal"}, 1026, "catalogue.unknown-api"),
        ({"method": "open.item.get"}, 13, "gateway.method-mismatch"),
        ({"param": "{"}, 13, "gateway.param-form"),
        ({"param": "[1]"}, 13, "gateway.param-form"),
        ({"param": "3"}, 13, "gateway.param-form"),
        ({"param": '{"oid":NaN}'}, 13, "gateway.param-form"),
        ({"param": '{"oid":1,"x":1e999}'}, 13, "gateway.param-form"),
        ({"param": "[" * 100000}, 13, "gateway.param-form"),
        ({"param": '{"oid":' + "1" * 5000 + "}"}, 13, "gateway.param-form"),
        ({"param": '{"oid":1,"oid":2}'}, 13, "gateway.given-twice"),
        ({"param": '{"oid":1, "oid" : "1"}'}, 13, "gateway.given-twice"),
        ({"param": '{"oid":1,"x":[{"a":{"b":1,"b":[2]}}]}'}, 13, "gateway.given-twice"),
        ({"param": '{"o\\u0069d":1,"oid":2}'}, 13, "gateway.given-twice"),
        ({"param": "{}"}, 12, "catalogue.param-missing"),
        ({"param": '{"oid":"abc"}'}, 13, "catalogue.param-invalid"),
        ({"param": '{"oid":{"$ne":1}}'}, 13, "catalogue.param-invalid"),
    ],
)
def test_a_bad_input_gets_its_number(
    scene: Scene, other: dict[str, str | None], result: int, sub_code: str
) -> None:
    found = scene.call(ORDER, **{"param": '{"oid":1}', **other})
    assert (found["result"], found["sub_code"]) == (result, sub_code)
    assert found["error_code"] == found["code"] == str(result)
    assert found["sub_msg"]
    assert found["error_msg"]
    assert scene.upstream.asked == []


@pytest.mark.parametrize(
    ("query", "body", "headers", "result"),
    [
        (b"appkey=%ff%fe", b"", FORM, 804000),
        (b"a=1&" * 100, b"", FORM, 804000),
        (b"appkey=a", b"appkey=b", FORM, 13),
        (b"", b"x" * (1024 * 1024 + 1), FORM, 804000),
        (b"", b"x", {"content-type": "multipart/form-data"}, 804000),
        (b"", b"x", {"content-type": "multipart/form-data; boundary=b"}, 804000),
        (
            b"",
            b"--b\r\n\r\nx\r\n--b--",
            {"content-type": "multipart/form-data; boundary=b"},
            804000,
        ),
        (b"", b"--b\r\nx", {"content-type": "multipart/form-data; boundary=b"}, 804000),
        (b"", b'{"appkey":"x"}', {"content-type": "application/json"}, 13),
        (b"", b"", {}, 12),
    ],
)
def test_unreadable_bytes_get_a_number(
    scene: Scene, query: bytes, body: bytes, headers: dict[str, str], result: int
) -> None:
    found = scene.read(Call("POST", "/open/order/detail", query, headers, body))
    assert found["result"] == result


def test_a_timestamp_in_seconds_is_accepted(scene: Scene) -> None:
    seconds = str(int(scene.house.clock().timestamp()))
    assert scene.call(SHOP, timestamp=seconds)["result"] == 1


@pytest.mark.parametrize(("minutes", "result"), [(10, 1), (11, 13)])
def test_the_clock_may_be_ten_minutes_off(scene: Scene, minutes: int, result: int) -> None:
    params = scene.params(SHOP)
    scene.house.clock.forward(minutes=minutes)
    body = urlencode(params).encode()
    assert scene.read(Call("POST", "/open/shop/info/get", b"", FORM, body))["result"] == result


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "BREW"])
def test_other_verbs_are_refused(scene: Scene, verb: str) -> None:
    query = urlencode(scene.params(SHOP)).encode()
    assert scene.read(Call(verb, "/open/shop/info/get", query))["result"] == 13


def test_an_unknown_path_is_not_found_in_the_envelope(scene: Scene) -> None:
    answer = scene.answer(Call("GET", "/elsewhere"))
    assert answer.status == 404
    assert json.loads(answer.body)["result"] == 1026


def test_head_is_answered_without_more(scene: Scene) -> None:
    assert scene.answer(Call("HEAD", "/")).status == 200


def test_a_token_of_another_app_is_refused(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        _, scene.app = make_app(db, "云帆客服")
    found = scene.call(SHOP)
    assert (found["result"], found["sub_code"]) == (24, "gateway.token-of-another-app")


def test_an_app_token_is_no_main_account(scene: Scene) -> None:
    given = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    query = urlencode({**given, "grant_type": "client_credentials"}).encode()
    token = scene.read(Call("GET", "/oauth2/access_token", query))["access_token"]
    assert scene.call(SHOP, access_token=token)["result"] == 26


def test_an_expired_token_is_refused_by_a_warm_gateway(scene: Scene) -> None:
    assert scene.call(SHOP)["result"] == 1
    scene.house.clock.forward(hours=48)
    assert scene.call(SHOP)["result"] == 24


def test_a_package_that_the_app_lost_is_22_and_one_not_granted_is_28(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_scopes(db, scene.app.app_id, ["merchant_item"])
    assert scene.call(SHOP)["result"] == 22
    with scene.house.store.begin() as db:
        apps.set_scopes(db, scene.app.app_id, ["merchant_user"])
        row = grants.grants_of(db, scene.merchant)[0]
    scene.gateway.snapshot.forget()
    held = oauth.look_up
    assert row.scopes

    def narrow(db: Any, token: str) -> Any:
        found = held(db, token)
        return type(found)(found.app_id, found.kind, frozenset({"user_info"}), found.until)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oauth, "look_up", narrow)
        found = scene.call(SHOP)
    assert found["result"] == 28
    assert "token中无scope权限" in found["error_msg"]


def test_frozen_offline_and_unlisted_apps_are_refused(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.set_networks(db, scene.owner, scene.app.app_id, ["198.51.100.0/24"])
    assert scene.call(SHOP)["sub_code"] == "gateway.address"
    with scene.house.store.begin() as db:
        apps.set_state(db, scene.app.app_id, AppState.OFFLINE)
    scene.gateway.snapshot.forget()
    assert scene.call(SHOP)["sub_code"] == "gateway.app-offline"
    with scene.house.store.begin() as db:
        secrets.freeze(db, scene.app.app_id)
    scene.gateway.snapshot.forget()
    assert scene.call(SHOP)["sub_code"] == "gateway.app-frozen"


@pytest.mark.parametrize(("minutes", "result"), [(2, 1), (4, 13)])
def test_the_operator_says_how_far_a_clock_may_be_off(
    scene: Scene, minutes: int, result: int
) -> None:
    scene.gateway = Gateway(
        scene.house.store,
        Upstream(scene.upstream, SECRET, scene.house.clock),
        tolerance=timedelta(minutes=3),
    )
    scene.upstream.data = {"shopName": "晨星小店"}
    at = scene.house.clock() - timedelta(minutes=minutes)
    found = scene.call(SHOP, timestamp=str(int(at.timestamp() * 1000)))
    assert found["result"] == result
    assert result == 1 or "3" in found["error_msg"]


def test_a_name_that_comes_twice_with_one_value_is_one(scene: Scene) -> None:
    scene.upstream.data = {"shopName": "晨星小店"}
    for text in ('{"a":"1:2","a":"1:2"}', '{"a":":::","b":{"a":1}}'):
        assert scene.call(SHOP, text)["result"] == 1


def test_nothing_is_nothing_however_it_is_written(scene: Scene) -> None:
    scene.upstream.data = {"shopName": "晨星小店"}
    for text in ("", "{}", "[]", " { } ", "[ ]", " [\n] "):
        assert scene.call(SHOP, text)["result"] == 1


def test_a_rolled_sign_secret_ends_the_old_one(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        apps.roll_secret(db, scene.owner, scene.app.app_id, SecretKind.SIGN_SECRET)
    assert scene.call(SHOP)["result"] == 27


@pytest.mark.parametrize(
    ("status", "whole"),
    [
        (500, None),
        (302, None),
        (200, b"<html>"),
        (200, b"[]"),
        (200, {"data": 1}),
        (200, {"result": "x"}),
        (200, b'{"result":1,"data":' + b"[" * 100000),
        (200, b"x" * (8 * 1024 * 1024 + 1)),
    ],
)
def test_an_upstream_that_fails_is_11(scene: Scene, status: int, whole: Any) -> None:
    scene.upstream.status, scene.upstream.whole = status, whole
    found = scene.call(SHOP)
    assert (found["result"], found["sub_code"]) == (11, "gateway.upstream")


def test_a_business_no_of_the_upstream_is_passed_on(scene: Scene) -> None:
    scene.upstream.whole = {"result": 300011, "sub_code": "refund.not-found", "sub_msg": "无{此}单"}
    found = scene.call("open.seller.order.refund.detail", {"refundId": "7"})
    assert (found["result"], found["sub_code"], found["sub_msg"]) == (
        300011,
        "refund.not-found",
        "无{此}单",
    )


@pytest.mark.parametrize("data", [None, [], 7, "x", {"orderAddress": [1]}, {"orderAddress": "x"}])
def test_an_odd_payload_is_never_a_server_error(scene: Scene, data: Any) -> None:
    scene.upstream.data = data
    assert scene.call(ORDER, {"oid": 1})["result"] == 1


def test_a_phone_that_belongs_to_no_order_does_not_leave(scene: Scene) -> None:
    scene.upstream.data = {"orderAddress": {"mobile": PHONE}}
    found = scene.call(ORDER, {"oid": 1})
    assert (found["result"], "data" in found) == (11, False)


@pytest.mark.clause("2.3")
def test_the_access_log_has_no_personal_value_and_no_secret(scene: Scene) -> None:
    scene.upstream.data = order()
    with structlog.testing.capture_logs() as lines:
        found = scene.call(ORDER, {"oid": 2632700000001})
        [line] = scene.logged()
    text = json.dumps(lines, ensure_ascii=False) + repr(line)
    for value in (NAME, PHONE, STREET, scene.tokens.access, scene.app.sign_secret, "203.0.113.9"):
        assert value not in text
    assert (line.client, line.api, line.result) == ("203.0.113.0/24", ORDER, 1)
    assert line.request == found["requestId"]


@pytest.mark.parametrize("names", [("app_id", "app_secret"), ("client_id", "client_secret")])
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_token_is_refreshed_under_any_name_by_any_verb(
    scene: Scene, names: tuple[str, str], verb: str
) -> None:
    given = {names[0]: scene.app.appkey, names[1]: scene.app.app_secret}
    query = urlencode({**given, "refresh_token": scene.tokens.refresh}).encode()
    found = scene.read(Call(verb, "/oauth2/refresh_token", query, FORM))
    assert found["result"] == 1
    assert "error" not in found
    assert {"scopes", "scope", "token_type", "open_id", "refresh_token_expires_in"} <= set(found)
    assert scene.call(SHOP, access_token=found["access_token"])["result"] == 1


@pytest.mark.parametrize(
    ("given", "result", "error"),
    [
        ({}, 100200100, "invalid_request"),
        ({"grant_type": "password"}, 100200104, "unsupported_grant_type"),
        ({"grant_type": "code", "code": "x"}, 100200105, "invalid_grant"),
        ({"grant_type": "code", "code": "x", "app_id": "ks0"}, 100200101, "unauthorized_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 100200102, "access_denied"),
        ({"grant_type": "client_credentials", "x": "\udcff"}, 100200100, "invalid_request"),
    ],
)
def test_a_bad_token_request_gets_its_number(
    scene: Scene, given: dict[str, str], result: int, error: str
) -> None:
    keys = {"app_id": scene.app.appkey, "app_secret": scene.app.app_secret}
    body = urlencode({**keys, **given}, errors="surrogateescape").encode()
    found = scene.read(Call("POST", "/oauth2/access_token", b"", FORM, body))
    assert (found["result"], found["error"]) == (result, error)
    assert found["error_msg"]


def test_a_revoked_token_stops_working_at_once(scene: Scene) -> None:
    assert scene.call(SHOP)["result"] == 1
    keys = {"client_id": scene.app.appkey, "client_secret": scene.app.app_secret}
    body = urlencode({**keys, "token": scene.tokens.access}).encode()
    assert scene.read(Call("POST", "/oauth2/revoke", b"", FORM, body))["result"] == 1
    assert scene.call(SHOP)["result"] == 24


def through_asgi(scene: Scene, headers: list[tuple[bytes, bytes]], *pieces: bytes) -> Any:
    """Send a request in pieces, as a chunked body arrives."""
    sent: list[Any] = []
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/open/shop/info/get",
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.9", 1),
    }
    asyncio.run(Asgi(Hosted(scene.gateway, scene.spools))(scope, receive, send))
    return dict(sent[0]["headers"]), json.loads(sent[1]["body"])


def test_a_chunked_body_is_read_to_its_end(scene: Scene) -> None:
    body = urlencode(scene.params(SHOP)).encode()
    media = (b"Content-Type", b"application/x-www-form-urlencoded")
    _, found = through_asgi(scene, [media], body[:30], body[30:], b"")
    assert found["result"] == 1


@pytest.mark.parametrize("declared", [True, False])
def test_too_large_a_body_is_not_read(scene: Scene, *, declared: bool) -> None:
    pieces = [b"x" * 600_000, b"x" * 600_000, b""]
    length = [(b"content-length", b"1200000")] if declared else []
    headers, found = through_asgi(scene, length, *pieces)
    assert found["result"] == 804000
    assert headers[b"connection"] == b"close"


@pytest.mark.parametrize(
    ("client", "kept"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unix", ""),
    ],
)
def test_of_a_client_only_its_network_is_kept(client: str, kept: str) -> None:
    assert rules.cut(client) == kept


VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(
    params=st.dictionaries(
        st.sampled_from(["access_token", "appkey", "method", "param", "timestamp", "version", "x"]),
        VALUES,
    ),
    method=st.sampled_from(["MD5", "HMAC_SHA256"]),
    secret=st.text(st.characters(codec="ascii"), min_size=1, max_size=40),
)
def test_our_signer_agrees_with_one_written_from_the_protocol(
    params: dict[str, str], method: str, secret: str
) -> None:
    whole = {**params, "signMethod": method}
    assert requests.sign(SignMethod(method), whole, secret) == signature(whole, secret)


def test_a_known_api_that_is_not_opened_says_so_and_where_to_read_on(scene: Scene) -> None:
    found = scene.call("open.funds.center.account.info")
    assert (found["result"], found["sub_code"]) == (1026, "catalogue.not-opened")
    assert found["sub_msg"].endswith("/docs/errors/catalogue.not-opened")


def test_a_retired_api_names_its_successor(scene: Scene) -> None:
    found = scene.call("open.seller.order.detail")
    assert (found["result"], found["sub_code"]) == (1026, "catalogue.replaced")
    assert "open.order.detail" in found["error_msg"]


def test_some_results_stand_beside_the_number_and_cannot_replace_it(scene: Scene) -> None:
    scene.upstream.data = {"messageId": 7, "result": 13, "requestId": "other"}
    param = {"signId": 1, "templateId": 1, "mobile": "$a$b$1$$"}
    found = scene.call("open.sms.send", param)
    assert (found["result"], found["messageId"]) == (1, 7)
    assert "data" not in found


BUYERS = "open.order.buyer.order.list"


def test_a_buyer_is_asked_for_by_the_id_that_orders_name(scene: Scene) -> None:
    scene.upstream.data = order()
    alias = scene.call(ORDER, {"oid": 1})["data"]["orderBaseInfo"]["buyerOpenId"]
    scene.upstream.data = {"cursor": "nomore", "buyerOrderList": [order()]}
    found = scene.call(BUYERS, {"buyerOpenId": alias, "cursor": "", "limit": 5})
    assert json.loads(scene.upstream.asked[-1][2])["param"]["buyerOpenId"] == "buyer-2632700000001"
    assert found["data"]["buyerOrderList"][0]["orderBaseInfo"]["buyerOpenId"] == alias


def test_a_buyers_id_of_another_developer_or_of_the_operator_asks_nothing(scene: Scene) -> None:
    other = sharing.buyer_alias(scene.house.store.keys, "E-other", "buyer-1")
    for wrong in (other, "buyer-2632700000001"):
        found = scene.call(BUYERS, {"buyerOpenId": wrong, "cursor": "", "limit": 5})
        assert (found["result"], found["sub_code"]) == (13, "gateway.unknown-buyer")
        assert wrong not in json.dumps(found)
    assert scene.upstream.asked == []
