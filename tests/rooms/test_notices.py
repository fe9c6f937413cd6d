from dataclasses import replace
from datetime import timedelta

import pytest

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.people.notices import holder, rules
from shouyue.people.notices import jobs as notice_jobs
from shouyue.people.notices import service as notices
from shouyue.people.notices.errors import (
    CannotBeSwitchedOff,
    NoSuchNotice,
    PersonalInNotice,
    UnfitNotice,
)
from shouyue.people.notices.types import Channel, DeliveryState, Notice, NoticeClass
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import MailOut, Sent, SmsOut
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.house import House
from tests.people import newcomer

PHONE = "13800138000"
MAIL = "zhang@corp.cn"
SITE = "https://open.example.cn"


class Post:
    """Both ports of a way out: a post box behind a line that fails as told."""

    def __init__(self, house: House, *failures: str) -> None:
        self.box = PostBox(house.clock)
        self._failures = list(failures)
        egress = Egress(self, self)
        self.worker = Worker(house.store, {notices.DELIVER: notice_jobs.deliver(egress, SITE)})

    def mail(self, out: MailOut) -> Sent:
        return self._trouble() or self.box.mail(out)

    def sms(self, out: SmsOut) -> Sent:
        return self._trouble() or self.box.sms(out)

    def _trouble(self) -> Sent | None:
        failure = self._failures.pop(0) if self._failures else ""
        return Sent(ok=False, failure=failure) if failure else None


def person(house: House, *items: Item) -> SubjectId:
    values = {Item.DI_01: (PHONE, Purpose.P1, Basis.CONTRACT_SELF)}
    values[Item.DI_20] = ("13900139000", Purpose.P2, Basis.LEGAL_DUTY)
    values[Item.DI_21] = (MAIL, Purpose.P2, Basis.LEGAL_DUTY)
    with house.store.begin() as db:
        subject = newcomer(db)
        for item in items:
            value, purpose, basis = values[item]
            vault.keep(db, Keep(subject, item, value, purpose, basis, "test"))
    return subject


def login(subject: SubjectId, *channels: Channel) -> Notice:
    facts = {"when": "2026-11-23 10:00", "link": "/account/sessions"}
    return Notice(NoticeClass.SECURITY, "new_login", subject, channels, facts)


def approved(subject: SubjectId, *channels: Channel) -> Notice:
    facts = {"case": "CASE7"}
    return Notice(NoticeClass.SERVICE, "certification_approved", subject, channels, facts)


def send(house: House, notice: Notice) -> str:
    with house.store.begin() as db:
        return notices.send(db, notice)


def states(house: House, subject: SubjectId) -> list[tuple[DeliveryState, str]]:
    with house.store.read() as db:
        return [(sent.state, sent.cause) for sent in notices.deliveries(db, subject)]


def test_a_notice_lies_in_the_inbox_in_the_language_asked_for(house: House) -> None:
    subject = person(house)
    notice_id = send(house, login(subject))
    with house.store.begin() as db:
        (zh,), (en,) = notices.inbox(db, subject, "zh"), notices.inbox(db, subject, "en")
        assert (zh.subject, en.subject) == ("新的登录", "New sign-in")
        assert (zh.id, zh.link, zh.read_at) == (notice_id, "/account/sessions", None)
        assert notices.unread(db, subject) == 1
        notices.mark_read(db, subject, notice_id)
        assert notices.unread(db, subject) == 0


def test_nobody_opens_anothers_notice(house: House) -> None:
    notice_id = send(house, login(person(house)))
    with house.store.begin() as db, pytest.raises(NoSuchNotice):
        notices.mark_read(db, newcomer(db), notice_id)


def test_a_text_message_finds_the_phone_in_the_vault_only_when_it_goes(house: House) -> None:
    subject = person(house, Item.DI_01)
    post = Post(house)
    send(house, login(subject, Channel.SMS))
    with house.store.read() as db:
        assert vault.accesses(db, subject) == []

    post.worker.run_once()

    (letter,) = post.box.messages()
    assert letter.to.endswith(PHONE)
    assert f"{SITE}/account/sessions" in letter.text
    assert letter.text.startswith("【")
    with house.store.read() as db:
        (access,) = vault.accesses(db, subject)
        (sent,) = notices.deliveries(db, subject)
    assert (access.role, access.purpose, access.items) == ("system", Purpose.P4, (Item.DI_01,))
    assert (sent.state, sent.purpose, sent.basis) == (DeliveryState.SENT, "P4", "LEGAL_DUTY")
    assert len(sent.template_digest) == 64


def test_mail_and_text_message_each_leave_once(house: House) -> None:
    subject = person(house, Item.DI_20, Item.DI_21)
    post = Post(house)
    send(house, replace(approved(subject, Channel.MAIL, Channel.SMS), lang="en"))
    post.worker.run_once()
    assert sorted(letter.channel for letter in post.box.messages()) == ["mail", "sms"]
    mail = next(letter for letter in post.box.messages() if letter.channel == "mail")
    assert (mail.to, mail.subject) == (MAIL, "Certification approved")


def test_a_person_without_an_address_is_a_failed_delivery(house: House) -> None:
    subject = person(house, Item.DI_01)
    send(house, approved(subject, Channel.MAIL))
    Post(house).worker.run_once()
    assert states(house, subject) == [(DeliveryState.FAILED, "no-address")]


def test_a_broken_line_is_tried_again_and_then_given_up(house: House) -> None:
    subject = person(house, Item.DI_01)
    post = Post(house, *["timeout"] * 6)
    send(house, approved(subject, Channel.SMS))
    for _ in range(6):
        assert states(house, subject)[0][0] is DeliveryState.QUEUED
        post.worker.run_once()
        house.clock.forward(hours=7)
    assert states(house, subject) == [(DeliveryState.FAILED, "timeout")]
    assert post.worker.run_once() == 0


def test_a_line_that_recovers_delivers(house: House) -> None:
    subject = person(house, Item.DI_01)
    post = Post(house, "refused")
    send(house, approved(subject, Channel.SMS))
    post.worker.run_once()
    house.clock.forward(minutes=1)
    post.worker.run_once()
    assert states(house, subject) == [(DeliveryState.SENT, "")]


def test_a_rejected_address_is_not_tried_again(house: House) -> None:
    subject = person(house, Item.DI_21)
    post = Post(house, "rejected")
    send(house, approved(subject, Channel.MAIL))
    post.worker.run_once()
    assert states(house, subject) == [(DeliveryState.FAILED, "rejected")]


def test_a_service_notice_switched_off_for_a_channel_stays_in_the_inbox(house: House) -> None:
    subject = person(house, Item.DI_01)
    with house.store.begin() as db:
        notices.prefer(db, subject, NoticeClass.SERVICE, Channel.SMS, wanted=False)
    send(house, approved(subject, Channel.SMS))
    assert states(house, subject) == [(DeliveryState.SUPPRESSED, "unwanted")]
    with house.store.read() as db:
        assert notices.unread(db, subject) == 1


def test_switching_off_between_sending_and_leaving_stops_the_message(house: House) -> None:
    subject = person(house, Item.DI_01)
    send(house, approved(subject, Channel.SMS))
    with house.store.begin() as db:
        notices.prefer(db, subject, NoticeClass.SERVICE, Channel.SMS, wanted=False)
    post = Post(house)
    post.worker.run_once()
    assert post.box.messages() == []
    assert states(house, subject) == [(DeliveryState.SUPPRESSED, "unwanted")]


def test_the_matrix_shows_what_is_fixed(house: House) -> None:
    subject = person(house)
    with house.store.read() as db:
        matrix = {(each.kind, each.channel): each for each in notices.preferences(db, subject)}
    assert len(matrix) == len(NoticeClass) * len(Channel)
    assert matrix[NoticeClass.SECURITY, Channel.SMS].fixed
    assert not matrix[NoticeClass.SURVEY, Channel.MAIL].wanted


def test_a_one_time_link_carries_a_proof_that_no_row_holds(house: House) -> None:
    subject = person(house, Item.DI_01)
    facts = {"link": "/confirm/C1", "link_purpose": "subject-confirm", "link_id": "C1"}
    post = Post(house)
    send(house, Notice(NoticeClass.VERIFY, "subject_confirm", subject, (Channel.SMS,), facts))
    post.worker.run_once()
    text = post.box.messages()[0].text
    with house.store.read() as db:
        proof = notices.link_proof(db, "subject-confirm", "C1")
        assert f"{SITE}/confirm/C1?proof={proof}" in text
        notices.check_link(db, "subject-confirm", "C1", proof)
        with pytest.raises(NotAuthentic):
            notices.check_link(db, "subject-confirm", "C2", proof)


@pytest.mark.parametrize(
    ("kind", "template", "facts"),
    [
        (NoticeClass.SERVICE, "no-such", {}),
        (NoticeClass.VERIFY, "sms_code", {"code": "123456", "minutes": 5}),
        (NoticeClass.SERVICE, "new_login", {"when": "now"}),
        (NoticeClass.SERVICE, "certification_approved", {}),
        (NoticeClass.SERVICE, "certification_approved", {"case": "C", "more": "x"}),
        (NoticeClass.SERVICE, "certification_approved", {"case": "C\r\nBcc: x"}),
        (NoticeClass.SERVICE, "certification_approved", {"case": "C", "link": "//evil.cn"}),
        (NoticeClass.SERVICE, "certification_approved", {"case": "C", "link": "https://evil.cn"}),
    ],
)
def test_a_notice_that_is_not_in_order_is_refused(
    house: House, kind: NoticeClass, template: str, facts: dict[str, str | int]
) -> None:
    with house.store.begin() as db, pytest.raises(UnfitNotice):
        notices.send(db, Notice(kind, template, newcomer(db), (), facts))


def test_a_code_is_worded_for_the_door_and_stored_nowhere(house: House) -> None:
    text = notices.instant_sms_text("sms_code", "zh", {"code": "123456", "minutes": 5})
    assert text.startswith("【")
    assert "123456" in text
    with pytest.raises(UnfitNotice):
        notices.instant_sms_text("welcome", "zh", {})
    with house.store.begin() as db, pytest.raises(PersonalInNotice):
        notices.send(db, replace(approved(newcomer(db)), facts={"case": PHONE}))


def test_what_the_room_holds_is_shown_and_erased_but_for_legal_notices(house: House) -> None:
    subject = person(house, Item.DI_01)
    send(house, approved(subject, Channel.SMS))
    given = {"app": "APP1", "until": "2026-08-08"}
    send(house, Notice(NoticeClass.RIGHTS, "grant_given", subject, (), given))
    with house.store.begin() as db:
        notices.prefer(db, subject, NoticeClass.SERVICE, Channel.SMS, wanted=False)
        before = holder.NoticeHolder().export(db, subject)
        assert holder.NoticeHolder().erase(db, subject) == 1
        after = holder.NoticeHolder().export(db, subject)
        assert holder.NoticeHolder().erase(db, subject) == 0
    assert [len(list(before[part] or ())) for part in ("notices", "deliveries")] == [2, 1]  # type: ignore[arg-type] # lists by construction
    assert "APP1" in str(before)
    assert "APP1" not in str(after)
    assert "grant_given" in str(after)
    assert after["preferences"] == []


def test_records_go_after_six_months_and_legal_ones_after_three_years(house: House) -> None:
    subject = person(house)
    send(house, approved(subject))
    ended = {"app": "APP1", "why_zh": "时间已到", "why_en": "Time"}
    send(house, Notice(NoticeClass.RIGHTS, "grant_revoked", subject, (), ended))
    house.clock.forward(days=183)
    with house.store.begin() as db:
        assert notices.expire(db) == 1
    house.clock.forward(days=3 * 366)
    with house.store.begin() as db:
        assert notices.expire(db) == 1


def test_retries_grow_and_end() -> None:
    waits = [rules.retry(attempts, "timeout") for attempts in range(1, 7)]
    assert waits[-1] is None
    growing = [wait for wait in waits if wait is not None]
    assert growing == sorted(growing)
    assert growing[0] == timedelta(minutes=1)


def test_fixed_classes_cannot_be_chosen(house: House) -> None:
    with house.store.begin() as db, pytest.raises(CannotBeSwitchedOff):
        notices.prefer(db, newcomer(db), NoticeClass.INCIDENT, Channel.SMS, wanted=False)
