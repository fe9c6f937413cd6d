"""Coming in, through the real pages: by phone, by platform account, and every wrong way."""

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from shouyue.doors.site import login
from shouyue.ground.store.columns import Table
from shouyue.privacy.egress.types import Sent, SmsOut
from tests.house import House
from tests.pages import ORIGIN
from tests.visitors import NICKNAME, OPEN_ID, PHONE, ParentPlatform, Visitor


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house)


def rows(house: House) -> dict[str, int]:
    """How many rows each table has, for those that have any."""
    with house.store.read() as db:
        counted = {
            name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Table.metadata.tables.items()
        }
    return {name: count for name, count in counted.items() if count}


@pytest.mark.clause("2.1.1.a")
def test_a_phone_a_code_and_a_yes_make_an_account(visitor: Visitor) -> None:
    assert "2.1.1.a" in visitor.page("/login")
    assert visitor.prove_phone(onward="/oauth/authorize?app=1") == "/consent"
    assert visitor.agree() == "/oauth/authorize?app=1"
    assert "138****8000" in visitor.page("/account")


@pytest.mark.clause("2.1.1.b")
def test_a_platform_account_makes_an_account_with_what_was_ticked(visitor: Visitor) -> None:
    assert visitor.prove_platform() == "/consent"
    assert visitor.agree(profile="yes") == "/apps"
    page = visitor.page("/account")
    assert "已关联" in page
    assert visitor.out.asked == [
        "/oauth2/access_token",
        "/openapi/user_info",
        "/openapi/user_phone",
    ]


@pytest.mark.clause("2.1.1.b")
def test_a_profile_that_was_not_ticked_is_not_kept(visitor: Visitor) -> None:
    visitor.prove_platform()
    visitor.agree()
    assert visitor.page("/account").count("未取得") == 2


def test_who_is_known_comes_back_without_being_asked_again(house: House) -> None:
    out = ParentPlatform(house)
    Visitor(house, out).sign_up()
    house.clock.forward(minutes=2)
    assert Visitor(house, out).prove_phone() == "/apps"


def test_who_is_known_by_platform_comes_back_at_once(house: House) -> None:
    first = Visitor(house)
    first.prove_platform()
    first.agree()
    assert Visitor(house, first.out).prove_platform(onward="/inbox") == "/inbox"


@pytest.mark.clause("0.3")
def test_a_refusal_leaves_zero_rows_in_every_table(visitor: Visitor, house: House) -> None:
    visitor.prove_platform()
    visitor.page("/consent")
    answer = visitor.web.post("/consent/refuse")
    assert "sy_flow" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "也没有保存您的号码" in visitor.page("/consent/refused")
    assert rows(house) == {}
    assert visitor.web.get("/consent").headers["location"] == "/login?done=late"


@pytest.mark.clause("0.3")
def test_a_refusal_after_a_code_leaves_only_the_keyed_digest_of_a_day(
    visitor: Visitor, house: House
) -> None:
    visitor.prove_phone()
    visitor.web.post("/consent/refuse")
    assert rows(house) == {"phone_challenge": 1}


@pytest.mark.clause("0.4")
@pytest.mark.parametrize("missing", ["agreed", "token"])
def test_without_the_box_or_the_notice_nobody_is_registered(
    visitor: Visitor, house: House, missing: str
) -> None:
    visitor.prove_phone()
    form = {"token": visitor.hidden("/consent", "token"), "agreed": "yes", "of_age": "yes"}
    answer = visitor.web.post("/consent", data={k: v for k, v in form.items() if k != missing})
    assert answer.status_code == 422
    assert rows(house) == {"phone_challenge": 1}


@pytest.mark.clause("7")
def test_who_does_not_say_15_or_over_is_refused(visitor: Visitor, house: House) -> None:
    visitor.prove_phone()
    form = {"token": visitor.hidden("/consent", "token"), "agreed": "yes"}
    answer = visitor.web.post("/consent", data=form)
    assert answer.status_code == 403
    assert rows(house) == {"phone_challenge": 1}


def test_the_boxes_of_the_notice_are_never_ticked_beforehand(visitor: Visitor) -> None:
    visitor.prove_platform()
    page = visitor.page("/consent")
    assert page.count('type="checkbox"') == 4
    assert " checked" not in page


def test_a_notice_of_the_other_way_in_is_no_consent(house: House) -> None:
    by_phone, by_platform = Visitor(house), Visitor(house)
    by_phone.prove_phone("13900139000")
    token = by_phone.hidden("/consent", "token")
    by_platform.prove_platform()
    form = {"token": token, "agreed": "yes", "of_age": "yes"}
    assert by_platform.web.post("/consent", data=form).status_code == 422


@pytest.mark.clause("5.2")
def test_a_field_that_was_not_asked_for_is_refused(visitor: Visitor) -> None:
    answer = visitor.web.post("/login/phone", data={"phone": PHONE, "name": "张三"})
    assert answer.status_code == 422


def test_known_and_unknown_phones_get_the_same_answer(house: House) -> None:
    Visitor(house).sign_up()
    house.clock.forward(minutes=2)
    known, unknown = (
        Visitor(house).web.post("/login/phone", data={"phone": phone})
        for phone in (PHONE, "13900139000")
    )
    assert known.status_code == unknown.status_code == 303
    assert known.headers["location"] == unknown.headers["location"]


def test_a_bad_phone_is_shown_again_with_what_was_typed(visitor: Visitor) -> None:
    answer = visitor.web.post("/login/phone", data={"phone": "12345", "next": "/inbox"})
    assert answer.status_code == 422
    assert 'value="12345"' in answer.text
    assert 'value="/inbox"' in answer.text


def test_a_second_code_waits_a_minute(visitor: Visitor, house: House) -> None:
    visitor.web.post("/login/phone", data={"phone": PHONE})
    assert visitor.web.post("/login/resend").status_code == 429
    house.clock.forward(seconds=61)
    assert visitor.web.post("/login/resend").status_code == 303
    assert len(visitor.out.box.messages()) == 2


def test_five_wrong_codes_end_the_code(visitor: Visitor) -> None:
    visitor.web.post("/login/phone", data={"phone": PHONE})
    good = visitor.out.code()
    wrong = "000000" if good != "000000" else "111111"
    for _ in range(5):
        assert visitor.web.post("/login/code", data={"code": wrong}).status_code == 422
    assert visitor.web.post("/login/code", data={"code": good}).status_code == 422


def test_a_code_pasted_with_a_blank_is_taken(visitor: Visitor) -> None:
    visitor.web.post("/login/phone", data={"phone": PHONE})
    code = visitor.out.code()
    answer = visitor.web.post("/login/code", data={"code": f"{code[:3]} {code[3:]}"})
    assert answer.headers["location"] == "/consent"


def test_a_code_is_of_no_use_in_another_browser(house: House) -> None:
    mine, other = Visitor(house), Visitor(house)
    mine.web.post("/login/phone", data={"phone": PHONE})
    answer = other.web.post("/login/code", data={"code": mine.out.code()})
    assert answer.headers["location"] == "/login?done=late"


def test_a_ticket_opens_once(visitor: Visitor, house: House) -> None:
    visitor.prove_phone()
    flow = visitor.web.cookies.get("__Host-sy_flow")
    visitor.agree()
    thief = Visitor(house)
    thief.web.cookies.set("__Host-sy_flow", str(flow), domain="open.example.com")
    assert thief.web.get("/login/enter").status_code == 422


@pytest.mark.parametrize("flow", ["", "x", "eyJhIjoxfQ==", "A" * 3000])
def test_a_forged_flow_leads_nowhere(visitor: Visitor, flow: str) -> None:
    visitor.web.headers["cookie"] = f"__Host-sy_flow={flow}"
    for path in ("/login/code", "/consent"):
        assert visitor.web.get(path).headers["location"] == "/login?done=late"
    assert visitor.web.get("/login/enter").status_code == 422


def test_a_flow_is_over_after_ten_minutes(visitor: Visitor, house: House) -> None:
    visitor.prove_phone()
    house.clock.forward(minutes=10)
    assert visitor.web.get("/consent").headers["location"] == "/login?done=late"


@pytest.mark.parametrize("state", ["", "forged"])
def test_a_callback_that_this_browser_did_not_begin_is_refused(
    visitor: Visitor, state: str
) -> None:
    visitor.web.get("/login/platform")
    answer = visitor.web.get(login.CALLBACK, params={"code": "good-code", "state": state})
    assert answer.status_code == 422
    assert visitor.out.asked == []


def test_a_callback_out_of_the_blue_is_refused(visitor: Visitor) -> None:
    answer = visitor.web.get(login.CALLBACK, params={"code": "good-code", "state": "s"})
    assert answer.status_code == 422


def test_a_platform_that_says_no_is_no_log_in(visitor: Visitor) -> None:
    visitor.out.down = True
    away = visitor.web.get("/login/platform").headers["location"]
    asked = {"code": "good-code", "state": away.split("state=")[1]}
    assert visitor.web.get(login.CALLBACK, params=asked).status_code == 502


def test_the_platforms_word_for_a_phone_does_not_open_its_account(house: House) -> None:
    Visitor(house).sign_up()
    other = Visitor(house)
    away = other.web.get("/login/platform").headers["location"]
    asked = {"code": "good-code", "state": away.split("state=")[1]}
    other.web.get(login.CALLBACK, params=asked)
    assert other.web.get("/login/enter").status_code == 422
    assert other.web.get("/account").status_code == 303


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_log_in_never_leads_away(house: House, onward: str) -> None:
    visitor = Visitor(house)
    visitor.prove_phone(onward=onward)
    assert visitor.agree() == "/apps"


def test_another_site_cannot_send_the_forms(visitor: Visitor) -> None:
    for path in ("/login/phone", "/login/code", "/consent", "/consent/refuse", "/logout"):
        answer = visitor.web.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403, path


def test_sign_out_ends_the_session_at_once(visitor: Visitor, house: House) -> None:
    visitor.sign_up()
    token = str(visitor.web.cookies.get("__Host-sy_session"))
    assert visitor.press("/logout") == "/login?done=left"
    thief = Visitor(house)
    thief.web.cookies.set("__Host-sy_session", token, domain="open.example.com")
    assert thief.web.get("/account").status_code == 303


@pytest.mark.clause("2.1.1.b")
def test_a_platform_account_is_linked_and_unlinked_by_its_owner(visitor: Visitor) -> None:
    visitor.sign_up()
    away = visitor.press("/account/link")
    state = away.split("state=")[1]
    visitor.web.get(login.CALLBACK, params={"code": "good-code", "state": state})
    assert visitor.web.get("/login/enter").headers["location"] == "/account?done=linked"
    assert "已关联" in visitor.page("/account")
    assert visitor.press("/account/unlink") == "/account?done=unlinked"
    assert "未关联" in visitor.page("/account")


def test_a_text_message_that_does_not_go_is_told_and_logged_without_the_phone(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_out: SmsOut) -> Sent:
        return Sent(ok=False, failure="timeout")

    monkeypatch.setattr(visitor.out, "sms", broken)
    with capture_logs() as logs:
        answer = visitor.web.post("/login/phone", data={"phone": PHONE})
    assert answer.headers["location"] == "/login/code?done=unsent"
    assert logs[0]["failure"] == "timeout"
    assert PHONE not in str(logs)


@pytest.mark.clause("5.1.1")
def test_no_personal_value_stands_in_an_address_a_cookie_or_a_log(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    plain = TestClient.request

    def watched(client: TestClient, method: str, url: str, **kw: object) -> object:
        answer = plain(client, method, url, **kw)  # type: ignore[arg-type]  # passed on as it came
        where = answer.headers.get("location", "") if ORIGIN in str(answer.url) else ""
        seen.extend([str(answer.url), where, *answer.headers.get_list("set-cookie")])
        return answer

    monkeypatch.setattr(TestClient, "request", watched)
    visitor = Visitor(house)
    with capture_logs() as logs:
        visitor.sign_up("13900139000")
        visitor.press("/logout")
        visitor.prove_platform()
        visitor.agree(profile="yes", survey="yes")
        for path in ("/account", "/privacy", "/privacy/data", "/privacy/consents", "/inbox"):
            visitor.page(path)
    everything = "\n".join([*seen, caplog.text, str(logs)])
    for value in (PHONE, "13900139000", "138****8000", OPEN_ID, NICKNAME):
        assert value not in everything


def prove(visitor: Visitor, phone: str = PHONE, onward: str = "/inbox") -> str:
    visitor.house.clock.forward(minutes=2)
    asked = visitor.press("/account/prove", phone=phone, next=onward)
    assert asked == "/login/code?done=sent"
    form = {"csrf": visitor.hidden("/account", "csrf"), "code": visitor.out.code()}
    answer = visitor.web.post("/login/code", data=form)
    return answer.headers.get("location", "") or str(answer.status_code)


@pytest.mark.clause("2.4")
def test_who_is_signed_in_shows_once_more_to_be_there_and_gets_another_token(
    visitor: Visitor,
) -> None:
    visitor.sign_up()
    before = dict(visitor.web.cookies)
    assert "获取验证码" in visitor.page("/account/prove")
    assert prove(visitor) == "/inbox"
    assert visitor.web.cookies["__Host-sy_session"] != before["__Host-sy_session"]
    assert "已确认" in visitor.page("/account/prove?next=/inbox")
    visitor.house.clock.forward(minutes=10)
    assert "获取验证码" in visitor.page("/account/prove")


def test_another_phone_is_no_proof(visitor: Visitor) -> None:
    visitor.sign_up()
    assert prove(visitor, "13900139000") == "403"
    assert "获取验证码" in visitor.page("/account/prove")


def test_a_proof_leads_nowhere_else(visitor: Visitor) -> None:
    visitor.sign_up()
    assert prove(visitor, onward="https://thief.example/") == "/apps"


def test_nobody_proves_anything_without_being_signed_in(visitor: Visitor) -> None:
    assert visitor.web.get("/account/prove").status_code == 303
    assert visitor.web.post("/account/prove", data={"phone": PHONE}).status_code == 401


@pytest.mark.clause("5.1.1")
def test_no_cache_keeps_the_page_of_somebody_who_is_on_the_way_in(visitor: Visitor) -> None:
    visitor.web.get("/login?lang=en")
    assert visitor.web.get("/login").headers["cache-control"] == "no-cache"
    visitor.web.post("/login/phone", data={"phone": PHONE})
    page = visitor.web.get("/login/code")
    assert "138****8000" in page.text
    assert page.headers["cache-control"] == "no-store"
