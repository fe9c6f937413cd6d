"""Whoever lets an app in hears of it, and hears when it ends: each time once."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from shouyue.assembly import answers
from shouyue.doors.upstreams.intake import STAFF_REMOVED, Intake
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import rules as notice_rules
from shouyue.people.notices import service as notices
from shouyue.people.notices.tables import DeliveryRow, NoticeRow
from shouyue.platform.apps.types import Issued
from shouyue.platform.grants import rules, shops
from shouyue.platform.grants import service as grants
from shouyue.platform.grants.types import Cause
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth.holder import GrantHolder
from shouyue.platform.oauth.types import Tokens
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import Control
from shouyue.privacy.policy.purposes import Purpose
from shouyue_sandbox import wire
from tests.house import House
from tests.merchants import (
    CALLBACK,
    SELLER,
    STAFF,
    authorise,
    make_app,
    make_merchant,
    make_staff,
)
from tests.rooms import test_oauth_staff
from tests.rooms.test_oauth_staff import ORDERS
from tests.rooms.test_races import meet


class Shop(test_oauth_staff.Shop):
    """The same shop, and the ways in which its grants end."""

    @property
    def keys(self) -> dict[str, str]:
        return {"app_id": self.app.appkey, "app_secret": self.app.app_secret}

    def give_back(self, db: Session, tokens: Tokens) -> None:
        oauth.revoke_token(db, self.keys | {"token": tokens.refresh})

    def reuse(self, db: Session) -> None:
        oauth.token(db, self.keys | {"grant_type": "code", "code": self.code})

    def end_of_staff(self, db: Session) -> None:
        for one in shops.staff_grants(db, self.main):
            shops.revoke_of_staff(db, self.main, one.id)


def heard(db: Session, subject: SubjectId, template: str = "grant_revoked") -> list[NoticeRow]:
    """The notices of one kind, oldest first."""
    chosen = sa.select(NoticeRow).where(NoticeRow.subject == subject)
    return list(db.scalars(chosen.where(NoticeRow.template == template).order_by(NoticeRow.id)))


def why(rows: list[NoticeRow]) -> list[str]:
    return [str(row.facts["why_en"]) for row in rows]


def news(db: Session, shop: Shop, name: str) -> None:
    args = {"subject": shop.main, "purpose": "P6", "event": "E", "recipient": shop.app.app_id}
    answers.consent_ended(db, Job(db.new_id(), name, shop.main, args, 1, db.clock()))


@pytest.mark.clause("4.1.a")
def test_each_way_in_is_told_once_by_inbox_and_text_message(db: Session) -> None:
    shop = Shop(db)
    own, of_staff = heard(db, shop.main, "grant_given")
    [clerk] = heard(db, shop.staff, "grant_given")
    assert "staff" not in own.facts | clerk.facts
    assert of_staff.facts["staff"] == str(STAFF)
    assert own.facts["app"] == f"晨星打单 ({shop.app.appkey})"
    for row in (own, of_staff, clerk):
        chosen = sa.select(DeliveryRow.channel).where(DeliveryRow.notice == row.id)
        assert list(db.scalars(chosen)) == ["sms"]
    [line, _] = [one.text for one in reversed(notices.inbox(db, shop.main, "en"))]
    assert "You have given app 晨星打单" in line
    assert "/grants" in line


def _withdraw(db: Session, shop: Shop) -> None:
    consent.withdraw(db, shop.main, Purpose.P6, shop.app.app_id)
    news(db, shop, "consent.withdrawn")


def _lapse(db: Session, shop: Shop) -> None:
    consent.void(db, shop.main, Purpose.P6, shop.app.app_id)
    news(db, shop, "consent.expired")


def _ended(db: Session, shop: Shop, name: str) -> None:
    consent.void(db, shop.main, Purpose.P6, shop.app.app_id)
    news(db, shop, name)


ENDS: dict[str, tuple[Callable[[Session, Shop], object], str]] = {
    "own page": (
        lambda db, shop: grants.revoke(db, shop.main, shop.app.app_id),
        "whoever gave it took it back",
    ),
    "app": (lambda db, shop: shop.give_back(db, shop.of_main), "the app gave it back"),
    "code": (lambda db, shop: shop.reuse(db), "its code was used twice and may have leaked"),
    "withdrawn": (_withdraw, "whoever gave it took it back"),
    "expired": (_lapse, "its time ran out"),
    "stale": (
        lambda db, shop: _ended(db, shop, "consent.stale"),
        "the privacy policy changed and nobody agreed anew",
    ),
    "void": (lambda db, shop: _ended(db, shop, "consent.void"), "the consent was found void"),
    "erased": (
        lambda db, shop: GrantHolder().erase(db, shop.main),
        "whoever gave it took it back",
    ),
}


@pytest.mark.clause("6.2.1")
@pytest.mark.parametrize("way", ENDS)
def test_each_end_of_a_main_accounts_grant_is_told_to_all_once(db: Session, way: str) -> None:
    shop = Shop(db)
    end, because = ENDS[way]
    end(db, shop)
    if way != "erased":
        end(db, shop)
    [own] = heard(db, shop.main)
    assert (own.facts["why_en"], own.facts["also"]) == (because, 1)
    assert why(heard(db, shop.staff)) == ["the main account's own grant to this app has ended"]


OF_STAFF: dict[str, tuple[Callable[[Session, Shop], object], str]] = {
    "own page": (
        lambda db, shop: grants.revoke(db, shop.staff, shop.app.app_id),
        "whoever gave it took it back",
    ),
    "app": (lambda db, shop: shop.give_back(db, shop.of_staff), "the app gave it back"),
    "main": (lambda db, shop: shop.end_of_staff(db), "the shop's main account ended it"),
    "left": (
        lambda db, _: shops.left(db, SELLER, STAFF),
        "the sub-account was removed or switched off",
    ),
    "narrowed": (
        lambda db, shop: shops.link_merchant(db, shop.staff, SELLER, STAFF, ["user_info"]),
        "the main account lets the sub-account give less",
    ),
}


@pytest.mark.clause("6.2.1")
@pytest.mark.parametrize("way", OF_STAFF)
def test_each_end_of_a_sub_accounts_grant_is_told_to_it_and_to_its_main_account_once(
    db: Session, way: str
) -> None:
    shop = Shop(db)
    end, because = OF_STAFF[way]
    end(db, shop)
    end(db, shop)
    assert why(heard(db, shop.staff)) == [because]
    [main] = heard(db, shop.main)
    assert (main.facts["why_en"], main.facts["staff"]) == (because, str(STAFF))
    [line] = [one.text for one in notices.inbox(db, shop.main, "zh") if "已结束" in one.text]
    assert f"子账号 {STAFF} 对应用" in line


def test_an_event_of_the_operators_that_comes_twice_is_told_once(house: House) -> None:
    with house.store.begin() as db:
        shop = Shop(db)
    intake = Intake(house.store, "upstream-secret", grants.apps_for)
    told = {"event_id": "1_7_1", "event": STAFF_REMOVED, "seller_id": SELLER, "biz_id": STAFF}
    for _ in range(2):
        assert tell(house, intake, told) == 200
    with house.store.begin() as db:
        assert len(heard(db, shop.staff)) == len(heard(db, shop.main)) == 1


def tell(house: House, intake: Intake, told: dict[str, object]) -> int:
    """Send one event as the operator's system does; return the status."""

    now = int(house.clock().timestamp() * 1000)
    body = json.dumps(told | {"info": {}, "at": now}).encode()
    headers = {k.lower(): v for k, v in wire.headers("upstream-secret", now, body).items()}
    return intake(headers, body)[0]


def test_an_act_that_dies_before_its_commit_tells_nobody_and_the_next_try_tells_once(
    house: House,
) -> None:
    with house.store.begin() as db:
        shop = Shop(db)
    with pytest.raises(RuntimeError), house.store.begin() as db:
        grants.revoke(db, shop.main, shop.app.app_id)
        assert heard(db, shop.main)
        raise RuntimeError
    with house.store.begin() as db:
        assert heard(db, shop.main) == heard(db, shop.staff) == []
        assert grants.revoke(db, shop.main, shop.app.app_id) == 1
        assert len(heard(db, shop.main)) == len(heard(db, shop.staff)) == 1


def test_two_who_end_one_grant_at_once_are_told_of_it_once(house: House) -> None:
    with house.store.begin() as db:
        shop = Shop(db)
    meet(
        house,
        lambda db: grants.revoke(db, shop.staff, shop.app.app_id),
        lambda db: shops.left(db, SELLER, STAFF),
    )
    with house.store.begin() as db:
        assert len(heard(db, shop.staff)) == len(heard(db, shop.main)) == 1


def test_several_grants_to_one_app_that_one_act_ends_are_one_message(db: Session) -> None:
    _, app = make_app(db)
    main = make_merchant(db)
    authorise(db, main, app)
    authorise(db, main, app)
    assert grants.revoke(db, main, app.app_id) == 2
    assert len(heard(db, main)) == 1


def agree(db: Session, subject: SubjectId, app: Issued, lang: Lang) -> None:
    asked = {"app_id": app.appkey, "redirect_uri": CALLBACK, "scope": ORDERS}
    request = oauth.ask(db, asked)
    notice = consent.show(db, grants.offer(request, lang))
    oauth.grant(db, subject, request, notice.token, control=Control.BUTTON)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_is_told_in_the_language_of_the_own_yes(db: Session, lang: Lang) -> None:
    _, app = make_app(db)
    main, staff = make_merchant(db), make_staff(db)
    agree(db, main, app, lang)
    agree(db, staff, app, "en" if lang == "zh" else "zh")
    grants.revoke(db, main, app.app_id)
    for template in ("grant_given", "grant_revoked"):
        assert {row.lang for row in heard(db, main, template)} == {lang}
        assert {row.lang for row in heard(db, staff, template)} == {"en" if lang == "zh" else "zh"}


@pytest.mark.clause("2.2")
def test_no_value_of_anybody_gets_into_a_notice_or_a_job(db: Session) -> None:
    number = 13812345678
    _, app = make_app(db, "找 13912345678")
    authorise(db, make_merchant(db), app)
    staff = make_staff(db, staff_id=number)
    authorise(db, staff, app, ORDERS)
    shops.left(db, SELLER, number)
    told = [str(value) for row in db.scalars(sa.select(NoticeRow)) for value in row.facts.values()]
    assert app.appkey in told
    assert not [text for text in told if notice_rules.holds_personal(text)]
    work = str([row.args for row in db.scalars(sa.select(JobRow))])
    for value in (str(number), "13912345678", str(SELLER)):
        assert value not in work
        assert value not in str(told)


def test_a_long_number_shows_its_last_digits_and_a_short_one_itself() -> None:
    assert [rules.staff_mask(number) for number in (7, 1234, 12345)] == ["7", "1234", "…2345"]


def test_every_cause_has_words_in_both_languages(db: Session) -> None:
    for cause in Cause:
        _, app = make_app(db)
        main = make_merchant(db, SELLER + len(cause))
        authorise(db, main, app)
        grants.revoke(db, main, app.app_id, cause)
        [row] = heard(db, main)
        assert row.facts["why_zh"]
        assert str(row.facts["why_en"]).isascii()
        db.expunge_all()
        GrantHolder().erase(db, main)
