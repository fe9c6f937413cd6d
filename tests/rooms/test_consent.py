"""The consent room: notices, answers, withdrawals."""

from dataclasses import replace
from html import unescape

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.consent import holder, offers, phrases
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import (
    ConsentMissing,
    CoolingDown,
    NotByConsent,
    NotGiven,
    NoticeChanged,
    NoticeUsed,
)
from shouyue.privacy.consent.types import ConsentState, Control, Offer
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import House

SURVEY = offers.purpose("zh", Purpose.P5, (Item.DI_37,))


def someone(db: Session) -> SubjectId:
    return vault.new_subject(db)


def say_yes(db: Session, subject: SubjectId, offer: Offer = SURVEY) -> list[str]:
    return consents.give(db, subject, consents.show(db, offer).token, control=Control.BUTTON)


def test_a_yes_is_in_force_and_has_a_leaf(db: Session) -> None:
    subject = someone(db)
    leaves = say_yes(db, subject)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.GIVEN
    assert [entry.id for entry in ledger.about(db, subject, "consent.given")] == leaves


def test_silence_is_a_no(db: Session) -> None:
    with pytest.raises(NotGiven):
        consents.require(db, someone(db), Purpose.P5)


def test_a_withdrawal_beats_an_earlier_yes_at_the_same_moment(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject)
    assert consents.withdraw(db, subject, Purpose.P5)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.WITHDRAWN


def test_a_withdrawal_counts_even_when_the_clock_has_stepped_back(house: House) -> None:
    with house.store.begin() as db:
        subject = someone(db)
        say_yes(db, subject)
        house.clock.forward(hours=-1)
        consents.withdraw(db, subject, Purpose.P5)
        assert consents.state(db, subject, Purpose.P5) is ConsentState.WITHDRAWN


def test_a_withdrawal_rings_once(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject)
    consents.withdraw(db, subject, Purpose.P5)
    assert consents.withdraw(db, subject, Purpose.P5) == ""
    rung = db.scalar(sa.text("SELECT count(*) FROM job WHERE name = 'consent.withdrawn'"))
    assert rung == 1


def test_a_replayed_token_does_not_revive_a_withdrawn_consent(db: Session) -> None:
    subject = someone(db)
    token = consents.show(db, SURVEY).token
    consents.give(db, subject, token, control=Control.BUTTON)
    consents.withdraw(db, subject, Purpose.P5)
    with pytest.raises(NoticeUsed):
        consents.give(db, subject, token, control=Control.BUTTON)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.WITHDRAWN


def test_a_notice_that_was_refused_is_not_agreed_to_nor_refused_again(db: Session) -> None:
    subject = someone(db)
    token = consents.show(db, SURVEY).token
    consents.refuse(db, subject, token)
    with pytest.raises(NoticeUsed):
        consents.give(db, subject, token, control=Control.BUTTON)
    with pytest.raises(NoticeUsed):
        consents.refuse(db, subject, token)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.REFUSED


def test_a_token_speaks_for_one_person_only(db: Session) -> None:
    token = consents.show(db, SURVEY).token
    consents.give(db, someone(db), token, control=Control.BUTTON)
    with pytest.raises(NoticeUsed):
        consents.give(db, someone(db), token, control=Control.BUTTON)


@pytest.mark.parametrize("token", ["", "nonsense", "AAAA", "中文", "A" * 4000])
def test_a_forged_token_is_no_consent(db: Session, token: str) -> None:
    with pytest.raises(ConsentMissing):
        consents.give(db, someone(db), token, control=Control.BUTTON)


def test_a_token_older_than_half_an_hour_is_no_consent(house: House) -> None:
    with house.store.begin() as db:
        token = consents.show(db, SURVEY).token
        house.clock.forward(minutes=30)
        with pytest.raises(ConsentMissing):
            consents.give(db, someone(db), token, control=Control.BUTTON)


def test_words_that_changed_meanwhile_are_not_agreed_to(db: Session) -> None:
    token = consents.show(db, SURVEY).token
    was = policy.active()
    policy.use(replace(was, version=replace(was.version, number="9.9.9")))
    try:
        with pytest.raises(NoticeChanged):
            consents.give(db, someone(db), token, control=Control.BUTTON)
    finally:
        policy.use(was)


def test_the_exact_words_can_be_read_again(db: Session) -> None:
    subject = someone(db)
    notice = consents.show(db, SURVEY)
    consents.give(db, subject, notice.token, control=Control.BUTTON)
    kept = consents.rendition(db, consents.history(db, subject)[0].notice)
    assert kept is not None
    assert kept.html == notice.html


def test_the_same_words_are_stored_once(db: Session) -> None:
    say_yes(db, someone(db))
    say_yes(db, someone(db))
    assert db.scalar(sa.text("SELECT count(*) FROM notice_rendition")) == 1


def test_a_consent_with_an_end_expires(house: House) -> None:
    with house.store.begin() as db:
        subject = someone(db)
        app = offers.grant("zh", ("app-1", "好用的店铺助手"), ("订单查询",), (Item.DI_01,), 30)
        say_yes(db, subject, app)
        house.clock.forward(days=30)
        assert consents.state(db, subject, Purpose.P6, "app-1") is ConsentState.EXPIRED
        assert consents.expire(db) == 1
        assert consents.expire(db) == 0
        assert consents.history(db, subject)[-1].state is ConsentState.EXPIRED


def test_one_recipient_does_not_stand_for_another(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject, offers.grant("en", ("app-1", "One"), (), (Item.DI_01,), 0))
    assert consents.state(db, subject, Purpose.P6, "app-1") is ConsentState.GIVEN
    assert consents.state(db, subject, Purpose.P6, "app-2") is ConsentState.NONE


def test_a_grant_can_be_withdrawn_though_its_purpose_is_part_of_the_contract(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject, offers.grant("en", ("app-1", "One"), (), (Item.DI_01,), 0))
    assert consents.withdraw(db, subject, Purpose.P6, "app-1")


def test_what_carries_the_account_ends_with_the_account_only(db: Session) -> None:
    with pytest.raises(NotByConsent):
        consents.withdraw(db, someone(db), Purpose.P3)


def test_nobody_is_asked_again_for_two_days_unless_they_start_it(house: House) -> None:
    with house.store.begin() as db:
        subject = someone(db)
        consents.refuse(db, subject, consents.ask(db, subject, SURVEY, by_person=False).token)
        house.clock.forward(hours=47)
        with pytest.raises(CoolingDown):
            consents.ask(db, subject, SURVEY, by_person=False)
        assert consents.ask(db, subject, SURVEY, by_person=True)
        house.clock.forward(hours=1, seconds=1)
        assert consents.ask(db, subject, SURVEY, by_person=False)


def test_being_asked_again_takes_nothing_away(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject)
    consents.ask(db, subject, SURVEY, by_person=True)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.GIVEN


def test_an_outdated_yes_is_off_until_a_new_act(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject)
    was = policy.active()
    policy.use(replace(was, version=replace(was.version, number="9.9.9")))
    try:
        assert consents.outdate(db, Purpose.P5) == 1
        assert consents.outdate(db, Purpose.P5) == 0
        assert consents.state(db, subject, Purpose.P5) is ConsentState.STALE
        say_yes(db, subject)
        assert consents.state(db, subject, Purpose.P5) is ConsentState.GIVEN
    finally:
        policy.use(was)


def test_an_invalid_yes_was_never_one(db: Session) -> None:
    subject = someone(db)
    assert consents.void(db, subject, Purpose.P5) == ""
    say_yes(db, subject)
    consents.withdraw(db, subject, Purpose.P5)
    assert consents.void(db, subject, Purpose.P5)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.VOID
    assert consents.void(db, subject, Purpose.P5) == ""


def test_every_sentence_is_there_in_both_languages() -> None:
    assert all(said.zh and said.en and said.zh != said.en for said in phrases.phrases().values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_notice_is_complete(db: Session, lang: str) -> None:
    asked = [
        offers.registration(lang, platform=True),
        offers.certification(lang, (Item.DI_14, Item.DI_16)),
        offers.subject(lang, "legal"),
        offers.subject(lang, "admin"),
        offers.grant(lang, ("app-1", "<b>Shop</b>"), ("orders",), (Item.DI_01,), 365),
        offers.purpose(lang, Purpose.P5),
    ]
    for offer in asked:
        html = consents.show(db, offer).html
        text = unescape(html)
        assert "{" not in html
        assert "<b>Shop" not in html
        for item in offer.items:
            assert policy.item(item).name.say(lang) in text
            assert policy.item(item).keep.text.say(lang) in text
        for key in ("lasts", "refusal", "undo"):
            assert phrases.phrase(lang, key) in text


def test_the_sensitive_part_tells_necessity_and_impact(db: Session) -> None:
    html = consents.show(db, offers.certification("zh", (Item.DI_16,))).html
    assert phrases.phrase("zh", "impact") in html
    assert "[敏感个人信息]" in html


def test_the_holder_shows_all_and_keeps_the_proof(db: Session) -> None:
    subject = someone(db)
    say_yes(db, subject)
    shown = holder.ConsentHolder()
    assert len(shown.export(db, subject)["events"]) == 1  # type: ignore[arg-type]  # a list
    assert shown.erase(db, subject) == 0
