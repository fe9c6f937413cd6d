"""The grant page: what it says, whom it sends where, and what a yes and a no leave behind."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Response

from shouyue.ground.store.session import Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, Issued, NewApp
from shouyue.platform.directory import service as directory
from shouyue.platform.grants import service as grants
from shouyue.platform.grants import shops as grantshops
from shouyue.platform.grants.errors import DirectorySilent
from shouyue.platform.grants.types import GrantState
from shouyue.platform.oauth import errors
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.types import Tokens
from shouyue.platform.onboarding import service as onboarding
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.egress.types import HttpBack
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests import merchants, people, shops
from tests.certification import COMPANY
from tests.house import House
from tests.merchants import CALLBACK
from tests.shops import Operator, Someone

SCOPE = "user_info,merchant_order"


def online(db: Session, app: Issued) -> Issued:
    """The same app, after its development."""
    apps.set_state(db, app.app_id, AppState.ONLINE)
    return app


def app_of(house: House) -> Issued:
    """An app with orders beside the usual packages."""
    with house.store.begin() as db:
        form = NewApp("晨星打单", callback=CALLBACK, scopes=("merchant_order",))
        return online(
            db, apps.register(db, vault.new_subject(db), form, certified=merchants.certified)
        )


def app_of_company(house: House) -> Issued:
    """The same, of a company that was certified."""
    dev = shops.developer(house)
    with house.store.begin() as db:
        form = NewApp("晨星打单", callback=CALLBACK, scopes=("merchant_order",))
        certified = onboarding.certified_enterprise
        return online(db, apps.register(db, dev.subject, form, certified=certified))


def asked(app: Issued, **other: str) -> dict[str, str]:
    given = {"app_id": app.appkey, "redirect_uri": CALLBACK, "scope": SCOPE, "state": "s 1"}
    return given | {"response_type": "code"} | other


def page_of(someone: Someone, app: Issued, **other: str) -> Response:
    """Arrive at the grant page, over the question to the directory."""
    arrived = someone.client.get("/oauth/authorize", params=asked(app, **other))
    return someone.client.get(arrived.headers["location"])


def answer(someone: Someone, page: Response, **form: str) -> Response:
    hidden = shops.fields(page.text)
    sent = {"csrf": hidden["csrf"], "token": hidden["token"], **form}
    return someone.client.post(str(page.url), data=sent)


def back(response: Response) -> dict[str, list[str]]:
    assert response.status_code == 303
    assert response.headers["location"].startswith(CALLBACK)
    return parse_qs(urlsplit(response.headers["location"]).query)


def state_of(house: House, who: Someone, app: Issued) -> ConsentState:
    with house.store.read() as db:
        return consent.state(db, who.subject, Purpose.P6, app.app_id)


def test_a_yes_gives_a_code_that_works_once(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    response = answer(merchant, page_of(merchant, app), decision="allow", agreed="yes")
    found = back(response)
    assert (found["state"], found["from"]) == (["s 1"], ["open"])
    given = {"app_id": app.appkey, "app_secret": app.app_secret, "code": found["code"][0]}
    with house.store.begin() as db:
        tokens = oauth.token(db, {**given, "grant_type": "code"})
        assert isinstance(tokens, Tokens)
        assert oauth.look_up(db, tokens.access).seller_id == 2_900_001
    with house.store.begin() as db:
        again = oauth.token(db, {**given, "grant_type": "code"})
        assert isinstance(again, errors.InvalidGrant)
    with house.store.read() as db, pytest.raises(errors.TokenRefused):
        oauth.look_up(db, tokens.access)


def test_the_page_names_app_developer_shop_fields_purpose_time_and_the_way_back(
    house: House,
) -> None:
    app, merchant = app_of_company(house), shops.merchant(house)
    page = page_of(merchant, app)
    for word in (
        "晨星打单",
        COMPANY,
        "青禾茶铺",
        "2900001",
        "收货人姓名、手机号、详细地址",
        "以密文和掩码提供",
        "接口调用与消息推送",
        "<b>180 天</b>",
        "随时收回",
        "erp.example",
    ):
        assert word in page.text
    assert "form-action 'self' https://erp.example;" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_the_box_is_not_ticked_and_without_it_nothing_is_granted(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    page = page_of(merchant, app)
    box = page.text[page.text.index('id="f-agreed"') - 80 :][:160]
    assert "checked" not in box.replace('type="checkbox"', "")
    refused = answer(merchant, page, decision="allow")
    assert refused.status_code == 422
    assert "不勾选就不会授权" in refused.text
    assert state_of(house, merchant, app) is ConsentState.NONE


def test_a_no_goes_back_with_an_error_and_is_on_record(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    found = back(answer(merchant, page_of(merchant, app), decision="refuse"))
    assert (found["error"], found["state"]) == (["access_denied"], ["s 1"])
    assert "code" not in found
    assert state_of(house, merchant, app) is ConsentState.REFUSED
    with house.store.read() as db:
        assert grants.grants_of(db, merchant.subject) == []


@pytest.mark.clause("6.2.1")
def test_a_no_after_a_yes_ends_what_the_yes_let_in_at_once(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    answer(merchant, page_of(merchant, app), decision="allow", agreed="yes")
    house.clock.forward(minutes=1)
    answer(merchant, page_of(merchant, app), decision="refuse")
    with house.store.read() as db:
        (ended,) = grants.grants_of(db, merchant.subject)
    assert ended.state is GrantState.REVOKED


def grants_of(house: House, who: Someone) -> list[GrantState]:
    with house.store.read() as db:
        return [one.state for one in grants.grants_of(db, who.subject)]


@pytest.mark.clause("0.4")
@pytest.mark.parametrize("second", ["allow", "refuse"])
def test_a_page_that_is_answered_twice_says_so_and_asks_anew(house: House, second: str) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    page = page_of(merchant, app)
    back(answer(merchant, page, decision="allow", agreed="yes"))
    told = answer(merchant, page, decision=second, agreed="yes")
    assert told.status_code == 409
    assert "这一页已经答复过，以先到的答复为准" in told.text
    assert shops.fields(told.text)["token"] != shops.fields(page.text)["token"]
    assert grants_of(house, merchant) == [GrantState.LIVE]
    back(answer(merchant, told, decision="refuse"))
    assert grants_of(house, merchant) == [GrantState.REVOKED]


@pytest.mark.clause("0.4")
@pytest.mark.parametrize("second", ["allow", "refuse"])
def test_of_two_browsers_that_answer_one_page_at_once_one_is_told(
    house: House, second: str
) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    page, start = page_of(merchant, app), Barrier(2)
    other = Someone(merchant.subject, shops.nobody(house))
    other.client.cookies.update(merchant.client.cookies)

    def press(who: Someone, decision: str) -> int:
        start.wait()
        return answer(who, page, decision=decision, agreed="yes").status_code

    with ThreadPoolExecutor(2) as crowd:
        pressed = crowd.map(press, (merchant, other), ("allow", second))
        assert sorted(pressed) == [303, 409]
    assert len(grants_of(house, merchant)) <= 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"app_id": "ks000"}, "没有 app_id 为"),
        ({"redirect_uri": "https://erp.example/back?from=evil"}, "没有登记这个回调地址"),
        ({"redirect_uri": "https://evil.example/"}, "没有登记这个回调地址"),
        ({"redirect_uri": ""}, "没有登记这个回调地址"),
    ],
)
def test_a_wrong_app_or_address_is_said_and_leads_nowhere(
    house: House, other: dict[str, str], said: str
) -> None:
    app = app_of(house)
    found = shops.nobody(house).get("/oauth/authorize", params=asked(app, **other))
    assert found.status_code == 400
    assert said in found.text
    assert "Invalid url" in found.text
    assert not any(urlsplit(link).netloc for link in _links(found.text))


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"scope": "merchant_order,merchant_refund"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": "x" * 1001}, "invalid_request"),
    ],
)
def test_another_fault_is_said_with_a_link_back_that_nobody_follows_unasked(
    house: House, other: dict[str, str], error: str
) -> None:
    app = app_of(house)
    found = shops.nobody(house).get("/oauth2/authorize", params=asked(app, **other))
    assert found.status_code == 400
    [link] = [link for link in _links(found.text) if link.startswith(CALLBACK)]
    assert f"error={error}" in link


@pytest.mark.parametrize(
    ("name", "value", "leads_back"),
    [("scope", "user_base", True), ("state", "other", True), ("redirect_uri", "https://e/", False)],
)
def test_a_name_with_two_values_is_refused_whichever_comes_last(
    house: House, name: str, value: str, *, leads_back: bool
) -> None:
    """RFC 6749, 3.1: what a reader before us took need not be what we take."""
    given = [*asked(app_of(house)).items()]
    for pairs in ([*given, (name, value)], [(name, value), *given]):
        found = shops.nobody(house).get(f"/oauth/authorize?{urlencode(pairs)}")
        assert found.status_code == 400
        links = [link for link in _links(found.text) if link.startswith(CALLBACK)]
        assert bool(links) is leads_back
    same = shops.nobody(house).get(f"/oauth/authorize?{urlencode([*given, *given])}")
    assert same.status_code == 303


def test_an_offline_app_is_refused(house: House) -> None:
    app = app_of(house)
    with house.store.begin() as db:
        apps.set_state(db, app.app_id, AppState.OFFLINE)
    found = shops.nobody(house).get("/oauth/authorize", params=asked(app))
    assert found.status_code == 400
    assert "unauthorized_client" in found.text


def test_words_of_a_caller_are_text_and_no_markup(house: House) -> None:
    app = app_of(house)
    bad = '"><script>alert(1)</script>'
    found = shops.nobody(house).get("/oauth/authorize", params=asked(app, redirect_uri=bad))
    assert "<script>alert" not in found.text


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/oauth/authorize", ("app_id", "redirect_uri")),
        ("/oauth/authorize", ("appId", "redirectUri")),
        ("/oauth2/authorize", ("client_id", "redirect_uri")),
    ],
)
def test_a_stranger_logs_in_first_and_comes_back_to_the_same_request(
    house: House, path: str, names: tuple[str, str]
) -> None:
    app = app_of(house)
    given = {names[0]: app.appkey, names[1]: CALLBACK, "scope": SCOPE, "state": "a&b"}
    found = shops.nobody(house).get(path, params=given)
    assert found.status_code == 303
    there = urlsplit(found.headers["location"])
    assert there.path == "/login"
    onward = urlsplit(parse_qs(there.query)["next"][0])
    assert onward.path == path
    assert parse_qs(onward.query) == {name: [value] for name, value in given.items()}


def test_the_directory_is_asked_with_the_account_alone_and_the_look_is_logged(
    house: House,
) -> None:
    app, operator = app_of(house), Operator(house)
    merchant = shops.merchant(house, operator)
    page_of(merchant, app)
    assert operator.asked == [b'{"app_key":"","param":{"open_id":"ks_shop_2900001"},"seller_id":0}']
    with house.store.read() as db:
        looks = vault.accesses(db, merchant.subject)
    assert [(look.items, look.reason_code) for look in looks] == [((Item.DI_03,), "shop-lookup")]


@pytest.mark.parametrize(
    ("account", "why", "said"),
    [
        ("ks_dev_00001", "oauth.no-merchant", "没有关联店铺"),
        ("", "oauth.no-platform-account", "没有绑定平台账号"),
    ],
)
def test_who_has_no_shop_gets_a_clear_page(house: House, account: str, why: str, said: str) -> None:
    app = app_of(house)
    person = (
        shops.merchant(house, account=account)
        if account
        else shops.someone(house, people.OTHER_PHONE)
    )
    arrived = person.client.get("/oauth/authorize", params=asked(app))
    there = urlsplit(arrived.headers["location"])
    assert (there.path, parse_qs(there.query)["why"]) == ("/oauth/shop", [why])
    assert said in person.client.get(arrived.headers["location"]).text
    assert state_of(house, person, app) is ConsentState.NONE


def test_a_silent_directory_grants_nothing_and_can_be_asked_again(house: House) -> None:
    app, operator = app_of(house), Operator(house)
    merchant = shops.merchant(house, operator)
    operator.down = True
    html = page_of(merchant, app).text
    assert "什么都没有授权" in html
    assert "/oauth/authorize?app_id=" in " ".join(_links(html))
    operator.down = False
    assert "青禾茶铺" in page_of(merchant, app).text


def test_the_way_on_from_a_missing_shop_stays_on_this_site(house: House) -> None:
    address = "/oauth/shop?why=oauth.directory-silent&next=//evil.example"
    html = shops.nobody(house).get(address).text
    assert not any(urlsplit(link).netloc for link in _links(html))


def test_a_shop_of_another_account_is_refused(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    with house.store.begin() as db:
        grantshops.link_merchant(db, vault.new_subject(db), 2_900_001)
    assert "已由其他账号关联" in page_of(merchant, app).text


@pytest.mark.parametrize("csrf", ["", "other"])
def test_an_answer_without_the_sessions_word_is_refused(house: House, csrf: str) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    page = page_of(merchant, app)
    form = {"token": shops.fields(page.text)["token"], "decision": "allow", "agreed": "yes"}
    forged = merchant.client.post(str(page.url), data=form | {"csrf": csrf})
    assert forged.status_code == 403
    assert state_of(house, merchant, app) is ConsentState.NONE


def test_an_answer_from_another_site_is_refused(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    page = page_of(merchant, app)
    merchant.client.headers["Sec-Fetch-Site"] = "cross-site"
    assert answer(merchant, page, decision="allow", agreed="yes").status_code == 403


def test_a_notice_of_one_app_is_no_yes_to_another(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    with house.store.begin() as db:
        _, other = merchants.make_app(db, "云帆客服")
    page = page_of(merchant, app)
    hidden = shops.fields(page.text)
    form = {"csrf": hidden["csrf"], "token": hidden["token"], "decision": "allow", "agreed": "yes"}
    found = merchant.client.post(
        "/oauth/authorize", params=asked(other, scope="user_info"), data=form
    )
    assert "location" not in found.headers or not found.headers["location"].startswith(CALLBACK)
    with house.store.read() as db:
        assert grants.grants_of(db, merchant.subject) == []


def test_the_names_on_the_page_cannot_be_brought_by_the_caller(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    arrived = merchant.client.get("/oauth/authorize", params=asked(app, parties="x"))
    assert arrived.status_code == 303
    assert "parties=x" not in arrived.headers["location"]


def test_a_merchant_sees_and_takes_back_what_was_granted(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    answer(merchant, page_of(merchant, app), decision="allow", agreed="yes")
    html = merchant.client.get("/grants").text
    for word in ("晨星打单", "收货人姓名", "它的全部 token 作废"):
        assert word in html
    form = {"csrf": shops.fields(html)["csrf"], "app": app.app_id}
    assert merchant.client.post("/grants/revoke", data=form).status_code == 303
    with house.store.read() as db:
        [grant] = grants.grants_of(db, merchant.subject)
    assert grant.state is GrantState.REVOKED
    assert "没有应用能访问您的店铺" in merchant.client.get("/grants?done=revoked").text
    assert state_of(house, merchant, app) is ConsentState.WITHDRAWN


def test_nobody_takes_back_the_grant_of_another(house: House) -> None:
    app, merchant = app_of(house), shops.merchant(house)
    answer(merchant, page_of(merchant, app), decision="allow", agreed="yes")
    stranger = shops.someone(house, "13700137000")
    form = {"csrf": stranger.csrf("/apps"), "app": app.app_id}
    stranger.client.post("/grants/revoke", data=form)
    with house.store.read() as db:
        [grant] = grants.grants_of(db, merchant.subject)
    assert grant.state is GrantState.LIVE


@pytest.mark.parametrize(
    "back",
    [
        HttpBack(None, b"", 1, "timeout"),
        HttpBack(500, b'{"result":1}', 1),
        HttpBack(200, b"<html>", 1),
        HttpBack(200, b"[]", 1),
        HttpBack(200, b'{"result":1}', 1),
        HttpBack(200, b'{"result":1,"data":{"sellerId":"7","shopName":"x"}}', 1),
        HttpBack(200, b'{"result":1,"data":{"sellerId":true,"shopName":"x"}}', 1),
        HttpBack(200, b'{"result":21,"sub_code":"busy"}', 1),
    ],
)
def test_an_answer_of_the_directory_that_says_nothing_names_no_shop(back: HttpBack) -> None:
    with pytest.raises(DirectorySilent):
        directory.answer(back)


def _links(html: str) -> list[str]:
    reader = shops.Links()
    reader.feed(html)
    return reader.found
