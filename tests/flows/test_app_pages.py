"""A developer's apps: made, read, changed, and nobody else's business."""

import re
from datetime import timedelta

import pytest

from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import AppState, NewApp, SecretKind
from shouyue.platform.decryption import service as decryption
from shouyue.platform.decryption.types import Caller, Cipher, Order, Told
from shouyue.platform.grants import service as grants
from shouyue.platform.handling import service as handling
from shouyue.platform.handling.types import Kind, Report
from shouyue.privacy.sharing import veils
from tests import merchants, people, shops
from tests.house import House
from tests.merchants import CALLBACK
from tests.rooms.test_sharing import provide
from tests.shops import Someone

PATHS = ("", "/credentials", "/callback", "/permissions", "/grants")


def new_app(dev: Someone, **changes: str) -> str:
    """Fill the form in; return the page that answers."""
    form = {
        "csrf": dev.csrf("/apps/new"),
        "title": "晨星打单",
        "description": "为商家打印快递单",
        "callback": CALLBACK,
        "scopes": "merchant_order",
    }
    return dev.client.post("/apps/new", data=form | changes).text


def made(house: House, dev: Someone) -> str:
    """An app with one package, made without the page."""
    form = NewApp("晨星打单", "为商家打印快递单", CALLBACK, ("merchant_order",))
    with house.store.begin() as db:
        return apps.register(db, dev.subject, form, certified=merchants.certified).app_id


def secrets_of(html: str) -> dict[str, str]:
    found = re.findall(r'<code id="(app_secret|sign_secret|message_key|rolled)">([^<]+)<', html)
    return dict(found)


@pytest.mark.parametrize("path", ["/apps", "/apps/new", "/apps/x", "/grants"])
def test_nobody_gets_in_without_a_log_in(house: House, path: str) -> None:
    answer = shops.nobody(house).get(path)
    assert (answer.status_code, answer.headers["location"][:7]) == (303, "/login?")


def test_who_is_not_certified_is_shown_the_way_to_certification(house: House) -> None:
    person = shops.someone(house)
    for path in ("/apps", "/apps/new"):
        html = person.client.get(path).text
        assert 'href="/onboarding"' in html
        assert 'name="title"' not in html


def test_who_is_not_certified_cannot_make_an_app(house: House) -> None:
    person = shops.someone(house)
    form = {"csrf": person.csrf("/apps"), "title": "晨星打单"}
    assert person.client.post("/apps/new", data=form).status_code == 403


def test_an_empty_list_names_the_first_step(house: House) -> None:
    html = shops.developer(house).client.get("/apps").text
    assert 'href="/apps/new"' in html


def test_the_secrets_of_a_new_app_are_shown_once_and_never_again(house: House) -> None:
    dev = shops.developer(house)
    given = secrets_of(new_app(dev))
    assert set(given) == {"app_secret", "sign_secret", "message_key"}
    with house.store.read() as db:
        [app] = apps.mine(db, dev.subject)
        assert apps.credentials(db, app.appkey).sign_secrets == (given["sign_secret"],)
    for path in PATHS:
        html = dev.client.get(f"/apps/{app.id}{path}").text
        assert not any(secret in html for secret in given.values())


def test_a_name_that_poses_as_the_platform_is_refused_and_the_rest_is_kept(house: House) -> None:
    dev = shops.developer(house)
    html = new_app(dev, title="快手官方打单")
    assert "不得含有" in html
    assert "为商家打印快递单" in html
    with house.store.read() as db:
        assert apps.mine(db, dev.subject) == []


def test_a_package_says_which_personal_fields_it_returns(house: House) -> None:
    html = shops.developer(house).client.get("/apps/new").text
    for word in (
        "收货人姓名",
        "手机号",
        "以密文和掩码提供",
        "按敏感信息对待",
        "接口调用与消息推送",
    ):
        assert word in html


def test_the_overview_links_to_all_that_belongs_to_the_app(house: House) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    html = dev.client.get(f"/apps/{app}").text
    for path in (*PATHS, "/messages", "/messages/log"):
        assert f'href="/apps/{app}{path}"' in html
    assert "openssl dgst -sha256" in html
    assert "hmac.digest" in html


def test_the_owner_sees_how_much_of_the_own_log_came(house: House) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    lines = [Report(Kind.SQL, house.clock())] * 3 + [Report(Kind.OPEN, house.clock(), orders=5)]
    with house.store.begin() as db:
        handling.record(db, app, lines)
        handling.record(db, "another", lines)
    html = dev.client.get(f"/apps/{app}?lang=en").text
    card = html.partition("Your security log")[2]
    assert re.findall(r">([0-9]+)<", card)[:4] == ["0", "0", "1", "3"]


def test_another_developers_app_is_not_found(house: House) -> None:
    app = made(house, shops.someone(house))
    other = shops.someone(house, people.OTHER_PHONE)
    csrf = other.csrf("/apps")
    missing = other.client.get("/apps/0").text
    for path in PATHS:
        answer = other.client.get(f"/apps/{app}{path}")
        assert answer.status_code == 404
        assert "没有找到该应用" in answer.text
    assert "没有找到该应用" in missing
    for path, form in (
        ("/callback", {"callback": "https://evil.example/"}),
        ("/permissions", {"scopes": "merchant_order"}),
        ("/networks", {"networks": ""}),
        ("/credentials/app_secret", {"overlap": "0"}),
    ):
        answer = other.client.post(f"/apps/{app}{path}", data={"csrf": csrf, **form})
        assert answer.status_code == 404


def test_a_call_back_address_is_changed(house: House) -> None:
    dev = shops.someone(house).prove(house)
    app = made(house, dev)
    path = f"/apps/{app}/callback"
    form = {"csrf": dev.csrf(path), "callback": "https://erp.example/new"}
    assert dev.client.post(path, data=form).headers["location"] == f"{path}?done=saved"
    with house.store.read() as db:
        assert apps.get(db, app).callback == "https://erp.example/new"


def test_a_call_back_address_in_the_clear_is_refused(house: House) -> None:
    dev = shops.someone(house).prove(house)
    path = f"/apps/{made(house, dev)}/callback"
    form = {"csrf": dev.csrf(path), "callback": "http://127.0.0.1:9000/back"}
    answer = dev.client.post(path, data=form)
    assert answer.status_code == 422
    assert "https" in answer.text


@pytest.mark.parametrize(("days", "left"), [("0", 1), ("1", 2), ("30", 2)])
def test_a_rolled_secret_is_shown_once_and_the_old_one_ends_as_chosen(
    house: House, days: str, left: int
) -> None:
    dev = shops.someone(house).prove(house)
    app = made(house, dev)
    path = f"/apps/{app}/credentials"
    form = {"csrf": dev.csrf(path), "overlap": days}
    plain = secrets_of(dev.client.post(f"{path}/sign_secret", data=form).text)["rolled"]
    with house.store.read() as db:
        found = apps.credentials(db, apps.get(db, app).appkey).sign_secrets
    assert found[0] == plain
    assert len(found) == left
    html = dev.client.get(path).text
    assert plain[-4:] in html
    assert plain not in html


def test_what_is_no_secret_cannot_be_rolled(house: House) -> None:
    dev = shops.someone(house).prove(house)
    path = f"/apps/{made(house, dev)}/credentials"
    form = {"csrf": dev.csrf(path), "overlap": "0"}
    assert dev.client.post(f"{path}/root_key", data=form).status_code == 404


def test_an_address_list_is_kept_in_one_spelling_or_refused_with_its_line(house: House) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    csrf = dev.csrf(f"/apps/{app}/credentials")
    good = {"csrf": csrf, "networks": "198.51.100.7\r\n\r\n 198.51.100.9/24 "}
    assert dev.client.post(f"/apps/{app}/networks", data=good).status_code == 303
    with house.store.read() as db:
        assert apps.get(db, app).networks == ("198.51.100.7/32", "198.51.100.0/24")
    bad = dev.client.post(f"/apps/{app}/networks", data=good | {"networks": "198.51.100.7\nx"})
    assert bad.status_code == 422
    assert "第 2 行" in bad.text


def test_permissions_change_freely_in_development_and_only_shrink_after(house: House) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    path = f"/apps/{app}/permissions"
    form = {"csrf": dev.csrf(path), "scopes": ["merchant_item", "merchant_refund"]}
    assert dev.client.post(path, data=form).status_code == 303
    with house.store.begin() as db:
        assert {"merchant_item", "merchant_refund", "user_base"} <= set(apps.get(db, app).scopes)
        apps.set_state(db, app, AppState.ONLINE)
    assert dev.client.post(path, data=form | {"scopes": "merchant_item"}).status_code == 303
    more = dev.client.post(path, data=form | {"scopes": ["merchant_item", "merchant_order"]})
    assert more.status_code == 422
    assert "需要运营方审核" in more.text
    with house.store.read() as db:
        assert set(apps.get(db, app).scopes) == {"user_base", "user_info", "merchant_item"}


def test_a_developer_sees_shops_by_open_id_and_never_by_number(house: House) -> None:
    dev = shops.someone(house)
    with house.store.begin() as db:
        _, issued = merchants.make_app(db, owner=dev.subject)
        seller = merchants.make_merchant(db)
        merchants.authorise(db, seller, issued)
        [grant] = grants.grants_to(db, issued.app_id)
    html = dev.client.get(f"/apps/{issued.app_id}/grants").text
    assert grant.open_id in html
    assert str(merchants.SELLER) not in html
    assert seller not in html


def test_a_frozen_secret_says_so(house: House) -> None:
    from shouyue.platform.apps import credentials

    dev = shops.someone(house)
    app = made(house, dev)
    with house.store.begin() as db:
        credentials.freeze(db, app)
    html = dev.client.get(f"/apps/{app}/credentials").text
    assert html.count("已冻结") == len(SecretKind)


def test_the_owner_sees_the_quota_of_the_day_and_the_own_part(house: House) -> None:
    dev = shops.developer(house)
    app_id = made(house, dev)
    page = f"/apps/{app_id}?lang=en"
    assert "Nothing decrypted in 30 days" in dev.client.get(page).text
    with house.store.begin() as db:
        merchants.make_merchant(db, 100001)
        told = Told(3, 40, 10_000, {"1": Order("b1", 30), "2": Order("b2", 30)})
        for app in (app_id, "another"):
            who = Caller(app, 100001, provide(db, None), "open.order.decrypt.batch", app)
            orders = ("1", "2") if app == "another" else ("1",)
            items = [
                Cipher(
                    veils.veil(db, "phone", people.PHONE, order=one, scope=who.scope).cipher, one
                )
                for one in orders
            ]
            decryption.decrypt(db, who, items, told)
    html = dev.client.get(page).text
    cells = re.findall(r'<td data-label="[^"]*"><div>([^<]*)</div></td>', html)
    assert cells[-3:] == ["1", "2 / 40", "1 / 500"]
    assert "no longer linked" in html
    assert people.PHONE not in html


def secret_ids(house: House, app: str, kind: SecretKind = SecretKind.SIGN_SECRET) -> list[str]:
    with house.store.read() as db:
        return [one.id for one in apps.get(db, app).secrets if one.kind is kind]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/credentials/sign_secret", {"overlap": "1"}),
        ("/callback", {"callback": "https://erp.example/new"}),
        ("/secrets/{secret}", {"deed": "resume"}),
        ("/secrets/{secret}", {"deed": "end"}),
    ],
)
def test_without_a_fresh_code_nothing_delicate_happens(
    house: House, path: str, form: dict[str, str]
) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    [secret] = secret_ids(house, app)
    csrf = {"csrf": dev.csrf(f"/apps/{app}/credentials")}
    answer = dev.client.post(f"/apps/{app}{path}".format(secret=secret), data=csrf | form)
    assert answer.status_code == 403
    assert "accounts.step-up" in answer.text
    with house.store.read() as db:
        assert apps.get(db, app).callback == CALLBACK
    assert secret_ids(house, app) == [secret]
    html = dev.client.get(f"/apps/{app}/credentials").text
    assert f"/account/prove?next=%2Fapps%2F{app}%2Fcredentials" in html
    assert 'name="overlap"' not in html


def test_a_fresh_code_is_good_for_ten_minutes(house: House) -> None:
    dev = shops.someone(house)
    path = f"/apps/{made(house, dev)}/credentials"
    dev.prove(house)
    assert 'name="overlap"' in dev.client.get(path).text
    house.clock.forward(minutes=10)
    assert 'name="overlap"' not in dev.client.get(path).text


def test_more_than_thirty_days_cannot_be_chosen(house: House) -> None:
    dev = shops.someone(house).prove(house)
    path = f"/apps/{made(house, dev)}/credentials"
    form = {"csrf": dev.csrf(path), "overlap": "31"}
    assert dev.client.post(f"{path}/sign_secret", data=form).status_code == 422


def test_a_secret_is_stopped_at_once_and_let_work_again(house: House) -> None:
    dev = shops.someone(house)
    app = made(house, dev)
    [secret] = secret_ids(house, app)
    path = f"/apps/{app}/secrets/{secret}"
    form = {"csrf": dev.csrf(f"/apps/{app}/credentials"), "deed": "pause"}
    assert dev.client.post(path, data=form).headers["location"].endswith("?done=pause")
    assert "已停用" in dev.client.get(f"/apps/{app}/credentials").text
    with house.store.read() as db:
        assert apps.credentials(db, apps.get(db, app).appkey).frozen
    dev.prove(house)
    form = {"csrf": dev.csrf(f"/apps/{app}/credentials"), "deed": "resume"}
    assert dev.client.post(path, data=form).status_code == 303
    with house.store.read() as db:
        assert not apps.credentials(db, apps.get(db, app).appkey).frozen


def test_of_two_secrets_one_is_ended_and_the_last_one_is_not(house: House) -> None:
    dev = shops.someone(house).prove(house)
    app = made(house, dev)
    [old] = secret_ids(house, app)
    with house.store.begin() as db:
        apps.roll_secret(db, dev.subject, app, SecretKind.SIGN_SECRET, overlap=timedelta(days=30))
    form = {"csrf": dev.csrf(f"/apps/{app}/credentials"), "deed": "end"}
    assert dev.client.post(f"/apps/{app}/secrets/{old}", data=form).status_code == 303
    [new] = secret_ids(house, app)
    assert new != old
    assert dev.client.post(f"/apps/{app}/secrets/{new}", data=form).status_code == 409
    assert dev.client.post(f"/apps/{app}/secrets/{old}", data=form).status_code == 404
    assert secret_ids(house, app) == [new]
