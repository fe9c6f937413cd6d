"""The privacy centre and the account pages: one's own data, and nobody else's."""

import json
import re

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Notice, NoticeClass
from shouyue.platform.grants import shops
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.errors import TokenRefused
from shouyue.privacy.consent import service as consents
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import Keep, Reader
from tests.clearance import cleared
from tests.house import House
from tests.merchants import SELLER, authorise, exchange, make_app
from tests.visitors import Visitor

OTHER = "13900139000"


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house).sign_up()


def whose(house: House, phone: str = "13800138000") -> SubjectId:
    with house.store.read() as db:
        subject = vault.find(db, Item.DI_01, phone)
    assert subject is not None
    return subject


def look(house: House, subject: SubjectId) -> None:
    reader = Reader("li", "support", Purpose.P3, Basis.CONTRACT_SELF, case="case-7")
    with house.store.begin() as db:
        cleared(db, reader, {subject: [Item.DI_01]})
        vault.reveal(db, subject, [Item.DI_01], reader)


def settle(house: House) -> None:
    with house.store.begin() as db:
        ledger.integrate(db)


def leaves(page: str) -> list[str]:
    return re.findall(r"/privacy/receipt/(\w+)", page)


@pytest.mark.clause("6.1.1")
def test_each_item_is_shown_masked_with_source_purpose_clause_and_end(visitor: Visitor) -> None:
    page = visitor.page("/privacy/data")
    for told in ("138****8000", "您注册时填写", "创建账号与登录", "2.1.1", "注销完成时删除"):
        assert told in page
    assert "13800138000" not in page


def test_who_meets_a_silent_keeper_is_not_asked_to_correct_anything(
    visitor: Visitor, house: House
) -> None:
    house.root.down = True
    for language, words in (
        ("zh", "不是您填写的问题"),
        ("en", "What you entered is not the cause"),
    ):
        answer = visitor.web.get(f"/privacy/data?lang={language}")
        assert answer.status_code == 503
        assert words in answer.text
        assert not re.search("更正|correct it", answer.text)


@pytest.mark.clause("5.1.1")
def test_a_ciphertext_from_another_person_shows_nothing_and_staff_hear_which_row(
    visitor: Visitor, house: House
) -> None:
    Visitor(house).sign_up(OTHER)
    with house.store.begin() as db:
        rows = {row.subject: row for row in db.scalars(sa.select(VaultHolding))}
        mine = rows.pop(whose(house))
        (theirs,) = rows.values()
        row, mine.sealed = mine.id, theirs.sealed
    house.notes.take()
    for language, words in (("zh", "工作人员已收到告警"), ("en", "Our staff are told")):
        answer = visitor.web.get(f"/privacy/data?lang={language}")
        assert answer.status_code == 500
        assert words in answer.text
        assert not re.search("更正|correct it", answer.text)
    assert house.notes.take() == {("keys.seal-broken", "holding", row): 2}


@pytest.mark.clause("5.1.2")
def test_a_look_is_seen_by_the_person_with_who_what_and_why(visitor: Visitor, house: House) -> None:
    assert "没有工作人员查阅过" in visitor.page("/privacy")
    look(house, whose(house))
    page = visitor.page("/privacy/activity")
    for told in ("客服人员", "登录手机号", "case-7", "查看许可：", "经另一名工作人员"):
        assert told in page
    assert "工作人员查阅 <b>1</b> 次" in visitor.page("/privacy")


@pytest.mark.clause("5.1.2")
def test_a_look_at_somebody_else_is_not_shown(visitor: Visitor, house: House) -> None:
    Visitor(house).sign_up(OTHER)
    look(house, whose(house, OTHER))
    assert "case-7" not in visitor.page("/privacy/activity")


@pytest.mark.clause("6.2.1")
def test_a_wish_is_given_and_withdrawn_in_one_press_each(visitor: Visitor) -> None:
    token = visitor.hidden("/privacy/wishes/P5", "token")
    given = visitor.press("/privacy/wishes/P5", token=token, agreed="yes")
    assert given == "/privacy/consents?done=given"
    event = re.findall(r"/privacy/consents/(\w+)#end", visitor.page("/privacy/consents"))[0]
    assert "撤回之后" in visitor.page(f"/privacy/consents/{event}")
    gone = visitor.press(f"/privacy/consents/{event}/withdraw")
    assert gone == "/privacy/consents?done=withdrawn"
    assert "已撤回" in visitor.page("/privacy/consents")


@pytest.mark.clause("0.4")
def test_a_wish_without_the_box_is_no_yes(visitor: Visitor) -> None:
    token = visitor.hidden("/privacy/wishes/P5", "token")
    csrf = visitor.hidden("/account", "csrf")
    answer = visitor.web.post("/privacy/wishes/P5", data={"token": token, "csrf": csrf})
    assert answer.status_code == 422


def test_what_carries_the_account_cannot_be_withdrawn_alone(visitor: Visitor) -> None:
    page = visitor.page("/privacy/consents")
    assert "#end" not in page
    event = re.findall(r"/privacy/consents/(\w+)\"><b>创建账号", page)[0]
    csrf = visitor.hidden("/account", "csrf")
    answer = visitor.web.post(f"/privacy/consents/{event}/withdraw", data={"csrf": csrf})
    assert answer.status_code == 409


@pytest.mark.clause("0.2")
def test_the_exact_words_of_a_consent_can_be_read_again(visitor: Visitor) -> None:
    event = re.findall(r"/privacy/consents/(\w+)", visitor.page("/privacy/consents"))[0]
    page = visitor.page(f"/privacy/consents/{event}")
    assert '<section class="notice" lang="zh-CN">' in page
    assert re.search(r"<code>[0-9a-f]{64}</code>", page)


def test_nobody_reads_withdraws_or_downloads_for_another(visitor: Visitor, house: House) -> None:
    page = visitor.page("/privacy/consents")
    event, leaf = re.findall(r"/privacy/consents/(\w+)", page)[0], leaves(page)[0]
    settle(house)
    other = Visitor(house).sign_up(OTHER)
    csrf = other.hidden("/account", "csrf")
    assert other.web.get(f"/privacy/consents/{event}").status_code == 404
    assert other.web.get(f"/privacy/receipt/{leaf}").status_code == 404
    withdrawn = other.web.post(f"/privacy/consents/{event}/withdraw", data={"csrf": csrf})
    assert withdrawn.status_code == 404


def test_a_receipt_that_waits_for_its_place_says_so(visitor: Visitor) -> None:
    leaf = leaves(visitor.page("/privacy/consents"))[0]
    assert visitor.web.get(f"/privacy/receipt/{leaf}").status_code == 409


@pytest.mark.clause("5.1.2")
def test_a_receipt_is_verified_by_anybody_and_a_changed_one_is_not(
    visitor: Visitor, house: House
) -> None:
    leaf = leaves(visitor.page("/privacy/consents"))[0]
    settle(house)
    receipt = visitor.web.get(f"/privacy/receipt/{leaf}")
    assert receipt.headers["content-disposition"].startswith("attachment")
    stranger = Visitor(house)
    good = stranger.web.post("/privacy/verify", data={"receipt": receipt.text})
    assert "验证通过" in good.text
    assert "这是关于您的记录" not in good.text
    bare = canonical({**json.loads(receipt.text), "opening": None}).decode()
    emptied = stranger.web.post("/privacy/verify", data={"receipt": bare}).text
    assert "不能证明内容已被删除" in emptied  # anybody can take the facts out
    changed = receipt.text.replace("zh", "en", 1)
    assert "没有通过验证" in stranger.web.post("/privacy/verify", data={"receipt": changed}).text
    mine = visitor.web.post(
        "/privacy/verify",
        data={"csrf": visitor.hidden("/account", "csrf")},
        files={"file": ("r.json", receipt.content, "application/json")},
    )
    assert "这是关于您的记录" in mine.text


def test_a_stranger_checks_a_tlog_proof_pasted_or_as_a_file(visitor: Visitor, house: House) -> None:
    leaf = leaves(visitor.page("/privacy/consents"))[0]
    settle(house)
    proof = visitor.web.get(f"/privacy/proof/{leaf}")
    assert proof.headers["content-disposition"].endswith('.tlog-proof"')
    web = Visitor(house).web
    pasted = web.post("/privacy/verify", data={"receipt": proof.text.replace("\n", "\r\n")})
    file = {"file": ("r.tlog-proof", proof.content, "text/plain")}
    assert "验证通过" in pasted.text
    assert "验证通过" in web.post("/privacy/verify", files=file).text
    changed = proof.text.replace("index ", "index 1")
    assert "没有通过验证" in web.post("/privacy/verify", data={"receipt": changed}).text


def test_a_proof_goes_only_to_the_person_whom_it_is_about(visitor: Visitor, house: House) -> None:
    with house.store.begin() as db:
        other = ledger.append(db, Fact("account.opened", None, {}))
    settle(house)
    assert visitor.web.get(f"/privacy/proof/{other}").status_code in {403, 404}
    assert Visitor(house).web.get(f"/privacy/proof/{other}").status_code == 303


@pytest.mark.parametrize("text", ["", "{}", "[1]", '"x"', "9" * 70000])
def test_nonsense_is_not_a_receipt(visitor: Visitor, text: str) -> None:
    csrf = visitor.hidden("/account", "csrf")
    answer = visitor.web.post("/privacy/verify", data={"receipt": text, "csrf": csrf})
    assert "验证通过" not in answer.text
    assert answer.status_code in {200, 422}


def test_a_receipt_names_nobody(visitor: Visitor, house: House) -> None:
    leaf = leaves(visitor.page("/privacy/consents"))[0]
    settle(house)
    receipt = visitor.web.get(f"/privacy/receipt/{leaf}")
    assert "138" not in json.dumps(receipt.json()["leaf"])


def test_nothing_was_passed_on_yet(visitor: Visitor) -> None:
    assert "没有提供给任何第三方" in visitor.page("/privacy/sharing")


def test_a_person_sees_devices_and_ends_them(visitor: Visitor, house: House) -> None:
    house.clock.forward(minutes=2)
    other = Visitor(house, visitor.out)
    other.prove_phone()
    session = re.findall(r"/account/sessions/(\w+)/end", visitor.page("/account/sessions"))[0]
    assert visitor.press(f"/account/sessions/{session}/end") == "/account/sessions?done=ended"
    assert other.web.get("/account").status_code == 303


def test_a_device_of_another_cannot_be_ended(visitor: Visitor, house: House) -> None:
    other = Visitor(house).sign_up(OTHER)
    with house.store.read() as db:
        from shouyue.people.accounts import sessions

        device = sessions.devices(db, whose(house, OTHER))[0].session_id
    csrf = visitor.hidden("/account", "csrf")
    ended = visitor.web.post(f"/account/sessions/{device}/end", data={"csrf": csrf})
    assert ended.status_code == 404
    assert other.web.get("/account").status_code == 200


def test_all_other_devices_end_together(visitor: Visitor, house: House) -> None:
    house.clock.forward(minutes=2)
    other = Visitor(house, visitor.out)
    other.prove_phone()
    assert visitor.press("/account/sessions/others") == "/account/sessions?done=alone"
    assert other.web.get("/account").status_code == 303
    assert visitor.web.get("/account").status_code == 200


@pytest.mark.clause("2.2")
def test_service_notices_can_be_switched_off_and_safety_cannot(visitor: Visitor) -> None:
    assert visitor.press("/account/notify", wanted="SERVICE:mail") == "/account/notify?done=saved"
    page = visitor.page("/account/notify")
    assert re.search(r'value="SERVICE:mail"[^>]* checked', page)
    assert not re.search(r'value="SERVICE:sms"[^>]* checked', page)
    assert "SECURITY:" not in page
    csrf = visitor.hidden("/account", "csrf")
    forced = {"csrf": csrf, "wanted": "SECURITY:sms"}
    assert visitor.web.post("/account/notify", data=forced).status_code == 422


def test_the_inbox_opens_a_letter_and_marks_it_read(visitor: Visitor) -> None:
    page = visitor.page("/inbox")
    letter = re.findall(r"/inbox/(\w+)", page)[0]
    assert "未读" in page
    visitor.page(f"/inbox/{letter}")
    assert "未读" not in visitor.page("/inbox")


def test_a_letter_to_somebody_else_is_not_there(visitor: Visitor, house: House) -> None:
    Visitor(house).sign_up(OTHER)
    with house.store.begin() as db:
        notice = Notice(NoticeClass.SERVICE, "welcome", whose(house, OTHER))
        letter = notices.send(db, notice)
    assert visitor.web.get(f"/inbox/{letter}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/account", "/account/sessions", "/account/notify", "/inbox", "/inbox/1", "/privacy",
        "/privacy/data", "/privacy/activity", "/privacy/consents", "/privacy/sharing",
        "/privacy/receipt/1", "/privacy/wishes/P5",
    ],
)  # fmt: skip
def test_a_stranger_is_led_to_the_log_in(house: House, path: str) -> None:
    answer = Visitor(house).web.get(path)
    assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize(
    "path",
    ["/account/link", "/account/unlink", "/account/notify", "/privacy/wishes/P5", "/logout"],
)
def test_a_form_without_the_sessions_word_is_refused(visitor: Visitor, path: str) -> None:
    assert visitor.web.post(path, data={}).status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/account", "/account/sessions", "/account/notify", "/inbox", "/privacy", "/privacy/data",
        "/privacy/activity", "/privacy/consents", "/privacy/sharing", "/privacy/verify",
        "/privacy/wishes/P5",
    ],
)  # fmt: skip
def test_every_page_speaks_both_languages(visitor: Visitor, path: str, lang: str) -> None:
    tag = "zh-CN" if lang == "zh" else "en"
    assert f'<html lang="{tag}">' in visitor.page(f"{path}?lang={lang}")


@pytest.mark.clause("6.3.2")
def test_a_person_gets_the_certificate_of_a_destroyed_key_and_nobody_else_does(
    visitor: Visitor, house: House
) -> None:
    subject = whose(house)
    assert "已销毁的密钥" not in visitor.page("/privacy/data")
    with house.store.begin() as db:
        nick = Keep(subject, Item.DI_05, "清风徐来", Purpose.P1b, Basis.CONSENT, "portal.sign-up")
        vault.keep(db, nick)
        (key,) = vault.shred(db, subject, "profile")
    settle(house)
    assert f"/privacy/certificate/{key}" in visitor.page("/privacy/data")
    proof = visitor.web.get(f"/privacy/certificate/{key}")
    assert subject not in proof.text
    checked = Visitor(house).web.post("/privacy/verify", data={"receipt": proof.text})
    assert "一把密钥的销毁证明" in checked.text
    other = Visitor(house).sign_up(OTHER)
    assert other.web.get(f"/privacy/certificate/{key}").status_code == 404


@pytest.mark.clause("6.2.1")
def test_a_withdrawn_yes_to_an_app_ends_its_tokens_in_the_same_write(
    visitor: Visitor, house: House
) -> None:
    subject = whose(house)
    with house.store.begin() as db:
        shops.link_merchant(db, subject, SELLER)
        _, app = make_app(db)
        given = exchange(db, app, authorise(db, subject, app))
        decision = next(one for one in consents.history(db, subject) if one.recipient)
    done = visitor.press(f"/privacy/consents/{decision.id}/withdraw")
    assert done == "/privacy/consents?done=withdrawn"
    with house.store.read() as db, pytest.raises(TokenRefused):
        oauth.look_up(db, given.access)
