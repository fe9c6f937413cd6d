"""The developer's bench: explorer, signature debugger, token inspector, the OpenAPI document."""

import asyncio
import base64
import html
import inspect
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.testclient import TestClient

from shouyue.assembly.serving import Bench
from shouyue.doors.gateway import reading
from shouyue.doors.gateway.types import Call
from shouyue.doors.web.visits import Posted, Upload
from shouyue.doors.workbench import bodies, signing
from shouyue.doors.workbench.pages import DOOR, PAGES
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts.types import AccountState
from shouyue.people.accounts.types import Visit as Someone
from shouyue.platform.apps import freezing
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import FreezeReason, Issued, NewApp, SecretKind
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Param
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import NoTrial, TokenRefused
from shouyue.platform.oauth.tables import TokenRow
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.vault import service as vault
from tests.callers import FORM, Scene, signature
from tests.house import House
from tests.merchants import CALLBACK, SELLER, authorise, certified, make_app, make_merchant
from tests.pages import browser

SHOP = "open.shop.info.get"
ORDER = "open.order.detail"
UPLOAD = "open.item.image.upload"


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

    def call(posted: Posted) -> bytes:
        headers = {"content-type": posted.media_type}
        made = Call("POST", posted.path, b"", headers, posted.body, posted.address)
        return asyncio.run(scene.gateway.handle(made)).body

    door = replace(DOOR, knows=lambda _db, _token: someone)
    client = browser(scene.house, (door, PAGES), call=call)
    client.cookies.set("__Host-sy_session", "any")
    return client


def explore(client: TestClient, scene: Scene, **changed: str) -> tuple[int, str]:
    form = {"csrf": "word", "api": SHOP, "app": scene.app.app_id, "method": "HMAC_SHA256"}
    answer = client.post("/tools/explore", data=form | {"token": scene.tokens.access} | changed)
    return answer.status_code, html.unescape(answer.text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/tools/explore", "/tools/signature", "/tools/token"])
def test_each_tool_is_for_people_who_are_signed_in(scene: Scene, path: str, lang: str) -> None:
    assert visitor(scene).get(path, params={"lang": lang}).status_code == 200
    client = browser(scene.house, (DOOR, PAGES))
    assert client.get(path).headers["location"].startswith("/login")


@pytest.mark.parametrize("name", sorted(catalogue.apis()))
def test_every_api_can_be_tried_with_its_example(scene: Scene, name: str) -> None:
    page = html.unescape(visitor(scene).get("/tools/explore", params={"api": name}).text)
    example = catalogue.find(name).examples[0]
    assert name in page
    assert all(f'"{key}"' in page for key in example)


def test_an_api_that_is_not_opened_cannot_be_tried(scene: Scene) -> None:
    client = visitor(scene)
    assert client.get("/tools/explore", params={"api": "open.item.steal"}).status_code == 404
    assert explore(client, scene, api="open.item.steal")[0] == 404


def test_an_example_is_of_today(scene: Scene) -> None:
    """What asks for the last ninety days would else be refused once the catalogue is older."""
    now = int(scene.house.clock().timestamp() * 1000)
    given = {"api": "open.order.cursor.list"}
    page = html.unescape(visitor(scene).get("/tools/explore", params=given).text)
    assert f'"endTime": {now}' in page
    assert f'"beginTime": {now - 24 * 60 * 60 * 1000}' in page


@pytest.mark.parametrize("method", ["MD5", "HMAC_SHA256"])
def test_the_explorer_signs_sends_and_shows_all_three(scene: Scene, method: str) -> None:
    scene.upstream.data = {"shopName": "晨星小店", "neverShown": 1}
    status, page = explore(visitor(scene), scene, method=method)
    assert status == 200
    for shown in ("晨星小店", '"result": 1', f"method={SHOP}", "signSecret=***", "POST /open/shop"):
        assert shown in page
    assert "neverShown" not in page


@pytest.mark.clause("5.1.1")
def test_the_explorer_shows_neither_secret_nor_token(scene: Scene) -> None:
    _, page = explore(visitor(scene), scene)
    assert scene.app.sign_secret not in page
    assert scene.tokens.access not in page


def test_a_call_of_the_explorer_is_logged_like_any_other(scene: Scene) -> None:
    _, page = explore(visitor(scene), scene)
    [made] = scene.logged()
    assert (made.api, made.app, made.request in page) == (SHOP, scene.app.app_id, True)


@pytest.mark.clause("4.1")
def test_what_the_explorer_shows_of_a_buyer_is_veiled_and_recorded(scene: Scene) -> None:
    scene.upstream.data = {
        "orderBaseInfo": {"oid": 1, "buyerOpenId": "b-1"},
        "orderAddress": {"mobile": "13812345678"},
    }
    _, page = explore(visitor(scene), scene, api=ORDER, param='{"oid": 1}')
    assert "encryptedMobile" in page
    assert "13812345678" not in page


def trial(scene: Scene, seller: int = 100_009, **other: Any) -> tuple[Issued, str]:
    """An app in development, of the owner unless said otherwise, and its test user's grant."""
    with scene.house.store.begin() as db:
        owner = other.get("owner", scene.owner)
        _, app = make_app(db, "云帆客服", owner=owner, online=False)
        authorise(db, make_merchant(db, seller), app)
        return app, oauth.trials(db, owner)[0].id


def test_a_test_user_is_chosen_and_the_call_carries_a_token_made_for_it(scene: Scene) -> None:
    app, grant = trial(scene)
    scene.upstream.data = {"shopName": "晨星小店"}
    client = visitor(scene)
    assert f'value="{grant}"' in client.get("/tools/explore").text
    status, page = explore(client, scene, app=app.app_id, grant=grant, token="")
    assert status == 200
    assert '"result": 1' in page
    assert json.loads(scene.upstream.asked[0][2])["seller_id"] == 100_009
    with scene.house.store.read() as db:
        stored = list(db.scalars(sa.select(TokenRow).where(TokenRow.grant == grant)))
        [one] = oauth.trials(db, scene.owner)
        assert "oauth.trial" in [fact.kind for fact in ledger.about(db, one.subject)]
    assert [row.until - row.created for row in stored] == [timedelta(minutes=5)]


def test_a_token_made_for_a_trial_ends_with_the_grant(scene: Scene) -> None:
    _, grant = trial(scene)
    with scene.house.store.begin() as db:
        token = oauth.trial(db, scene.owner, grant)
        assert oauth.look_up(db, token).seller_id == 100_009
        [one] = oauth.trials(db, scene.owner)
        grants.revoke(db, one.subject, one.app_id)
        assert oauth.trials(db, scene.owner) == []
        with pytest.raises(TokenRefused):
            oauth.look_up(db, token)
        with pytest.raises(NoTrial):
            oauth.trial(db, scene.owner, grant)


@pytest.mark.clause("2.3")
def test_nobody_calls_for_a_merchant_or_for_another_developers_test_user(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        stranger = vault.new_subject(db)
        [merchants] = grants.grants_of(db, scene.merchant)
    app, theirs = trial(scene, owner=stranger)
    client = visitor(scene)
    assert theirs not in client.get("/tools/explore").text
    for grant in (theirs, merchants.id, "0" * 26):
        assert explore(client, scene, grant=grant, token="")[0] == 404
    assert explore(client, scene, app=app.app_id, grant=theirs, token="")[0] == 404
    assert scene.upstream.asked == []


def test_a_test_user_of_another_app_is_told_so(scene: Scene) -> None:
    _, grant = trial(scene)
    status, page = explore(visitor(scene), scene, grant=grant, token="")
    assert (status, "这条测试授权是给另一个应用的" in page) == (422, True)


def test_a_token_that_is_pasted_goes_before_the_choice(scene: Scene) -> None:
    _, grant = trial(scene)
    explore(visitor(scene), scene, grant=grant)
    assert json.loads(scene.upstream.asked[0][2])["seller_id"] == SELLER


PICTURE = b"\x89PNG\r\n--" + bytes(range(256)) * 3


def test_a_file_goes_with_an_upload_and_is_not_kept(scene: Scene) -> None:
    scene.upstream.data = {"kwaiImgUrl": "https://img.example/1.jpg"}
    client = visitor(scene)
    assert 'enctype="multipart/form-data"' in client.get(f"/tools/explore?api={UPLOAD}").text
    form = {"csrf": "word", "api": UPLOAD, "app": scene.app.app_id, "method": "MD5"}
    form |= {"token": scene.tokens.access, "param": '{"uploadType": 1}'}
    files = {"imgBytes": ("face.png", PICTURE, "image/png")}
    answer = client.post("/tools/explore", data=form, files=files)
    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "https://img.example/1.jpg" in page
    assert f"imgBytes=({len(PICTURE)} bytes)" in page
    assert "face.png" not in page
    [(_, _, body)] = scene.upstream.asked
    assert PICTURE in body
    assert b"face.png" not in body


def test_a_file_for_an_api_that_takes_none_is_left_out(scene: Scene) -> None:
    form = {"csrf": "word", "api": SHOP, "app": scene.app.app_id, "method": "MD5"}
    form |= {"token": scene.tokens.access}
    files = {"imgBytes": ("a.png", PICTURE, "image/png")}
    page = visitor(scene).post("/tools/explore", data=form, files=files).text
    assert "bytes)" not in page
    assert PICTURE not in scene.upstream.asked[0][2]


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(scene: Scene) -> None:
    files = {"imgBytes": ("a.png", b"x" * (12 * 1024 * 1024), "image/png")}
    answer = visitor(scene).post("/tools/explore", data={"csrf": "word"}, files=files)
    assert answer.status_code == 413


@given(st.binary(max_size=60), st.sampled_from(["mark", "-", "--mark"]))
def test_whatever_a_file_holds_it_is_read_back_as_it_was(content: bytes, mark: str) -> None:
    content = b"--" + mark.encode() + content
    params = {"param": '{"a":"欧阳"}', "appkey": "ks1"}
    body, kind = bodies.parts(params, Upload("image/png", content), mark)
    read = reading.read(Call("POST", "/", b"", {"content-type": kind}, body))
    assert read.upload is not None
    assert (read.params, b"".join(read.upload.content.pieces())) == (params, content)


def test_the_page_says_which_package_an_api_needs_and_which_apps_hold_it(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        form = NewApp("小小应用", callback=CALLBACK)
        bare = apps.register(db, scene.owner, form, certified=certified)
    page = visitor(scene).get(f"/tools/explore?api={ORDER}").text
    assert "<code>merchant_order</code>" in page
    assert f'href="/apps/{bare.app_id}/permissions"' in page
    assert f'href="/apps/{scene.app.app_id}/permissions"' not in page
    assert page.count("<optgroup") >= 8


def test_the_way_from_a_page_to_the_gateway_crosses_from_thread_to_loop(scene: Scene) -> None:
    scene.upstream.data = {"shopName": "晨星小店"}
    form = urlencode(scene.params(SHOP)).encode()
    posted = Posted("/open/shop/info/get", form, FORM["content-type"], "203.0.113.9")

    async def platform() -> bytes:
        bench = Bench(scene.gateway)
        bench.start()
        return await asyncio.to_thread(bench, posted)

    assert json.loads(asyncio.run(platform()))["data"] == {"shopName": "晨星小店"}
    with pytest.raises(RuntimeError):
        Bench(scene.gateway)(posted)


def test_a_refusal_leads_to_its_page(scene: Scene) -> None:
    _, page = explore(visitor(scene), scene, token="")
    assert 'href="/docs/errors/gateway.no-token"' in page


def test_nobody_calls_with_the_secrets_of_another_developer(scene: Scene) -> None:
    status, page = explore(visitor(scene, stranger=True), scene)
    assert status == 404
    assert scene.upstream.asked == []
    assert scene.app.appkey not in page


def pasted(client: TestClient, request: str, theirs: str = "") -> str:
    form = {"csrf": "word", "request": request, "theirs": theirs}
    answer = client.post("/tools/signature", data=form)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def ours(params: Mapping[str, str], secret: str) -> str:
    names = sorted(set(params) - {"sign"})
    return "&".join(f"{name}={params[name]}" for name in names) + f"&signSecret={secret}"


def address(params: Mapping[str, str]) -> str:
    return f"https://open.example.com/open/shop/info/get?{urlencode(params)}"


def test_a_right_signature_is_called_right_in_every_way_to_paste_it(scene: Scene) -> None:
    params = scene.params(SHOP)
    client, half = visitor(scene), dict(list(params.items())[:3])
    rest = urlencode({name: params[name] for name in params if name not in half})
    for request in (
        address(params),
        urlencode(params),
        f"GET /open/shop/info/get?{urlencode(params)} HTTP/1.1\nHost: open.example.com",
        f"POST {address(half)}\nContent-Type: application/x-www-form-urlencoded\n\n{rest}",
    ):
        assert "签名正确" in pasted(client, request)


def encoded(params: Mapping[str, str]) -> dict[str, str]:
    return {name: quote(value, safe="") for name, value in params.items()}


def without(name: str) -> Callable[[Mapping[str, str]], dict[str, str]]:
    return lambda params: {key: value for key, value in params.items() if key != name}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (encoded, "URL 编码"),
        (without("access_token"), "漏了 access_token"),
        (without("version"), "漏了 version"),
        (lambda params: params | {"param": '{"a":1,"b":"二"}'}, "不是同一段文字"),
    ],
)
def test_a_usual_mistake_is_named(
    scene: Scene, wrong: Callable[[dict[str, str]], dict[str, str]], said: str
) -> None:
    params = scene.params(SHOP, '{"b": "二", "a": 1}')
    unsigned = {name: value for name, value in params.items() if name != "sign"}
    changed = wrong(unsigned) | {"signMethod": "HMAC_SHA256"}
    sent = params | {"sign": signature(changed, scene.app.sign_secret)}
    assert said in pasted(visitor(scene), address(sent))


def test_hex_in_place_of_base64_and_the_other_algorithm_are_named(scene: Scene) -> None:
    params, client = scene.params(SHOP), visitor(scene)
    in_hex = base64.b64decode(params["sign"]).hex()
    assert "十六进制" in pasted(client, address(params | {"sign": in_hex}))
    import hashlib

    md5 = hashlib.md5(ours(params, scene.app.sign_secret).encode()).hexdigest()  # noqa: S324
    assert "算法不一致" in pasted(client, address(params | {"sign": md5}))


def test_a_signature_is_right_here_only_where_the_gateway_takes_it(scene: Scene) -> None:
    """Base64 has capitals and `+`: what lost them on its way is told so, and is not right."""
    client, params = visitor(scene), signed_with_plus(scene)
    unencoded = urlencode(params, safe="+")
    assert "签名正确" in pasted(client, address(params))
    assert "变成了空格" in pasted(client, f"/open/shop/info/get?{unencoded}")
    page = pasted(client, address(params | {"sign": params["sign"].lower()}))
    assert "签名正确" not in page
    assert "区分大小写" in page


def signed_with_plus(scene: Scene) -> dict[str, str]:
    """A signed request whose signature has a plus and capitals."""
    for number in range(1000):
        params = scene.params(SHOP, f'{{"a":{number}}}')
        if "+" in params["sign"] and not params["sign"].islower():
            return params
    raise AssertionError("no plus among a thousand")


def test_a_signature_with_a_strange_secret_is_none_of_the_usual_mistakes(scene: Scene) -> None:
    params = scene.params(SHOP)
    sent = params | {"sign": signature({**params}, "strange")}
    assert "也没有用这个应用的其他密钥" in pasted(visitor(scene), address(sent))


def test_another_secret_of_the_app_is_named(scene: Scene) -> None:
    old, params = scene.app.sign_secret, scene.params(SHOP)

    def told(secret: str) -> str:
        return pasted(visitor(scene), address(params | {"sign": signature({**params}, secret)}))

    assert "用了 appSecret" in told(scene.app.app_secret)
    assert "用了 messageKey" in told(scene.app.message_key)
    with scene.house.store.begin() as db:
        new = apps.roll_secret(db, scene.owner, scene.app.app_id, SecretKind.SIGN_SECRET)
    assert "已失效的旧 signSecret" in told(old)
    assert "签名正确" in told(new)
    with scene.house.store.begin() as db:
        freezing.freeze(db, scene.app.app_id, FreezeReason.LEAK, "staff-1")
    page = told(new)
    assert "已冻结或停用" in page
    assert not [one for one in (old, new, scene.app.app_secret) if one in page]


def test_the_first_difference_is_marked_with_its_parameter(scene: Scene) -> None:
    params = scene.params(SHOP, '{"a":1}')
    theirs = ours(params | {"param": '{"a": 1}'}, "any")
    page = pasted(visitor(scene), address(params), theirs)
    assert "<code>param</code></h3>" in page
    assert "<mark>1}&signMethod" in page
    assert "<mark> 1}&signMethod" in page


def test_two_equal_strings_are_called_equal(scene: Scene) -> None:
    params = scene.params(SHOP)
    assert "与您的串相同" in pasted(visitor(scene), address(params), ours(params, "any"))


@pytest.mark.clause("5.1.1")
def test_no_secret_that_was_pasted_or_is_held_is_written_back(scene: Scene) -> None:
    params = scene.params(SHOP)
    secret = scene.app.sign_secret
    request = f"{address(params)}&signSecret={secret}"
    page = pasted(visitor(scene), request, ours(params, secret))
    assert secret not in page
    assert scene.tokens.access not in page
    assert "请求里带了 signSecret" in page
    refused = visitor(scene).post(
        "/tools/signature", data={"csrf": "word", "request": "a=1&a=2", "theirs": secret}
    )
    assert secret not in refused.text


def test_a_stranger_is_not_told_whether_a_signature_fits(scene: Scene) -> None:
    params, client = scene.params(SHOP), visitor(scene, stranger=True)
    right = pasted(client, address(params))
    wrong = pasted(client, address(params | {"sign": "0" * 32}))
    for page in (right, wrong):
        assert "不核对 sign" in page
        assert "签名正确" not in page
        assert "签名不一致" not in page


def test_a_request_that_cannot_be_read_is_refused(scene: Scene) -> None:
    form = {"csrf": "word", "request": "appkey=1&appkey=2"}
    assert visitor(scene).post("/tools/signature", data=form).status_code == 400


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_difference_is_found_exactly_where_there_is_one(one: str, other: str) -> None:
    found = signing.difference(one, other)
    assert (found is None) is (one == other)


@given(st.dictionaries(st.sampled_from(["param", "sign", "signMethod"]), st.text(max_size=20)))
def test_whatever_was_sent_can_be_judged(params: dict[str, str]) -> None:
    assert not signing.fits(params, ["secret"])
    signing.mistake(params, ["secret"])
    signing.hints(params, params.get("param", ""))


def inspected(client: TestClient, token: str) -> str:
    answer = client.post("/tools/token", data={"csrf": "word", "token": token})
    assert answer.status_code == 200
    assert token not in answer.text
    return html.unescape(answer.text)


def test_the_owner_sees_what_a_token_is_good_for(scene: Scene) -> None:
    client = visitor(scene)
    access = inspected(client, scene.tokens.access)
    for shown in ("可用", scene.tokens.open_id, "merchant_order"):
        assert shown in access
    assert "refresh_token</h2>" in inspected(client, scene.tokens.refresh)


def test_a_token_says_how_it_ended(scene: Scene) -> None:
    client = visitor(scene)
    scene.house.clock.forward(hours=49)
    assert "已过期" in inspected(client, scene.tokens.access)
    with scene.house.store.begin() as db:
        grants.revoke(db, scene.merchant, scene.app.app_id)
    assert "授权已取消" in inspected(client, scene.tokens.refresh)


def test_a_refresh_token_that_was_used_is_called_replaced(scene: Scene) -> None:
    asked = {
        "grant_type": "refresh_token",
        "app_id": scene.app.appkey,
        "app_secret": scene.app.app_secret,
        "refresh_token": scene.tokens.refresh,
    }
    with scene.house.store.begin() as db:
        oauth.token(db, asked)
    assert "已被替换" in inspected(visitor(scene), scene.tokens.refresh)


def test_an_apps_own_token_has_no_shop_and_no_packages(scene: Scene) -> None:
    asked = {
        "grant_type": "client_credentials",
        "app_id": scene.app.appkey,
        "app_secret": scene.app.app_secret,
    }
    with scene.house.store.begin() as db:
        made: Any = oauth.token(db, asked)
    page = inspected(visitor(scene), made.access)
    assert "client_credentials" in page
    assert "merchant_order" not in page


def test_of_another_developers_token_nothing_is_told(scene: Scene) -> None:
    page = inspected(visitor(scene, stranger=True), scene.tokens.access)
    assert "不是您的应用的 token" in page
    for hidden in (scene.tokens.open_id, "merchant_order", "晨星打单", "可用</"):
        assert hidden not in page


def test_a_made_up_token_is_unknown(scene: Scene) -> None:
    assert "未知的 token" in inspected(visitor(scene), "x" * 43)


@pytest.fixture
def document(house: House) -> dict[str, Any]:
    answer = browser(house, (DOOR, PAGES)).get("/docs/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_the_openapi_document_fits_the_specifications_own_schema(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_a_broken_document_would_be_noticed(document: dict[str, Any]) -> None:
    del document["paths"]["/open/item/get"]["get"]["responses"]["200"]["description"]
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


def test_the_document_has_every_api_with_its_verb_scope_and_personal_fields(
    document: dict[str, Any],
) -> None:
    apis = catalogue.apis().values()
    assert set(document["paths"]) == {api.path for api in apis}
    for api in apis:
        operation = document["paths"][api.path][api.verb.lower()]
        assert (operation["operationId"], operation["x-scope"]) == (api.name, api.scope)
        assert {one["item"] for one in operation["x-personal"]} == {
            item.value for item in api.items
        }


def test_the_parameters_of_the_document_are_those_that_are_checked(
    document: dict[str, Any],
) -> None:
    def same(params: tuple[Param, ...], schema: dict[str, Any]) -> None:
        assert set(schema.get("properties", {})) == {one.name for one in params}
        assert set(schema.get("required", ())) == {one.name for one in params if one.required}
        for one in params:
            inner = schema["properties"][one.name]
            same(one.fields, inner.get("items", inner))

    for api in catalogue.apis().values():
        operation = document["paths"][api.path][api.verb.lower()]
        if api.verb == "GET":
            [schema] = [
                one["content"]["application/json"]["schema"]
                for one in operation["parameters"]
                if one["name"] == "param"
            ] or [{}]
        else:
            [kind] = operation["requestBody"]["content"].values()
            schema = kind["schema"]["properties"].get("param", {})
        same(api.params, schema)


def test_another_developer_may_not_use_an_app_by_its_id(scene: Scene) -> None:
    with scene.house.store.begin() as db:
        _, other = make_app(db, "别家应用")
    assert explore(visitor(scene), scene, app=other.app_id)[0] == 404


def taken_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The client's module as a developer runs it, with the gateway at the other end."""
    text = browser(scene.house, (DOOR, PAGES)).get("/docs/client.py").text
    names: dict[str, Any] = {"__name__": "client"}
    exec(text, names)  # noqa: S102 - our own page

    def answered(request: Request, timeout: float) -> io.BytesIO:
        assert timeout > 0
        path, body = urlsplit(request.full_url).path, request.data
        assert isinstance(body, bytes)
        return io.BytesIO(scene.answer(Call("POST", path, b"", FORM, body, "203.0.113.9")).body)

    monkeypatch.setitem(names, "urlopen", answered)
    monkeypatch.setattr("time.time", lambda: scene.house.clock().timestamp())
    return names


def test_the_client_to_take_away_has_a_method_for_each_api(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = taken_away(scene, monkeypatch)["Client"]
    for api in catalogue.apis().values():
        signature = inspect.signature(getattr(client, api.name.replace(".", "_")))
        needed = {
            name
            for name, one in signature.parameters.items()
            if one.default is inspect.Parameter.empty and name != "self"
        }
        assert set(signature.parameters) - {"self"} == {one.name for one in api.params}
        assert needed == {one.name for one in api.params if one.required}


def test_the_client_to_take_away_signs_calls_and_raises(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = taken_away(scene, monkeypatch)
    client = names["Client"](scene.app.appkey, scene.app.sign_secret, scene.tokens.access)
    scene.upstream.data = {"itemId": 7, "title": "竹篮"}
    assert client.open_item_get(kwaiItemId=7) == {"itemId": 7, "title": "竹篮"}
    assert client.open_item_list_get(pageSize=5) == {}
    with pytest.raises(names["Refused"]) as no:
        client.call("open.item.get")
    assert (no.value.result, no.value.sub_code) == (12, "catalogue.param-missing")
