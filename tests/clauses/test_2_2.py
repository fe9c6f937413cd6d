from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.people.notices import jobs as notice_jobs
from shouyue.people.notices import letters, rules
from shouyue.people.notices import service as notices
from shouyue.people.notices.errors import (
    CannotBeSwitchedOff,
    PersonalInNotice,
    SurveyRefused,
    UnfitNotice,
)
from shouyue.people.notices.types import Channel, DeliveryState, Notice, NoticeClass
from shouyue.privacy.consent import service as consent
from shouyue.privacy.consent.types import Control, Kind, Offer
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import declared
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.house import House
from tests.people import newcomer

pytestmark = pytest.mark.clause("2.2")

PHONE = "13800138000"
SAMPLES: dict[str, str | int] = {
    "number": "1.1.0",
    "day": "2026-12-15",
    "clauses": "2.3, 5.3",
    "also": 2,
    "app": "APP1",
    "case": "CASE7",
    "code": "123456",
    "days": 7,
    "device": "Chrome",
    "link": "/somewhere",
    "link_id": "CASE7",
    "link_purpose": "look",
    "minutes": 5,
    "most": 10_000,
    "percent": 90,
    "reason": "照片不清晰",
    "role": "legal",
    "staff": "…1234",
    "unsubscribe": "/notices/unsubscribe/1?proof=0",
    "until": "2027-11-23",
    "what_en": "licence photo",
    "what_zh": "营业执照照片",
    "when": "2026-11-23 10:00",
    "why_en": "a statute",
    "why_zh": "法定保存期",
}


@pytest.fixture
def mobile_surveys() -> Iterator[None]:
    """The policy of an operator that declares its phone numbers for surveys too."""
    before = policy.active()
    phone = before.items[Item.DI_01]
    wider = replace(phone, purposes=(*phone.purposes, Purpose.P5))
    # Without the locks of released versions: this text is one that is not released yet.
    policy.use(replace(before, released={}, items={**before.items, Item.DI_01: wider}))
    yield
    policy.use(before)


def person(house: House) -> SubjectId:
    with house.store.begin() as db:
        subject = newcomer(db)
        keep = Keep(subject, Item.DI_01, PHONE, Purpose.P1, Basis.CONTRACT_SELF, "test")
        vault.keep(db, keep)
    return subject


def opt_in(house: House, subject: SubjectId) -> None:
    offer = Offer(Kind.PURPOSE, (Purpose.P5,), (Item.DI_37,), "zh", separate=False)
    with house.store.begin() as db:
        token = consent.show(db, offer).token
        consent.give(db, subject, token, control=Control.BUTTON)


def survey(subject: SubjectId, *channels: Channel) -> Notice:
    return Notice(NoticeClass.SURVEY, "survey", subject, channels, {"link": "/survey/1"})


def send(house: House, notice: Notice) -> str:
    with house.store.begin() as db:
        return notices.send(db, notice)


def refused(house: House, notice: Notice) -> str:
    with house.store.begin() as db, pytest.raises(SurveyRefused) as caught:
        notices.send(db, notice)
    return str(caught.value.facts["cause"])


def deliver(house: House) -> PostBox:
    box = PostBox(house.clock)
    trip = notice_jobs.deliver(Egress(box, box), "https://open.example.cn")
    Worker(house.store, {notices.DELIVER: trip}).run_once()
    return box


def test_a_survey_reaches_nobody_who_did_not_ask(house: House) -> None:
    assert refused(house, survey(person(house))) == "not-opted-in"


def test_a_survey_reaches_who_asked_and_shows_the_way_out(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    send(house, survey(subject))
    with house.store.read() as db:
        (item,) = notices.inbox(db, subject, "zh")
    assert f"/notices/unsubscribe/{item.id}?proof=" in item.text


def test_no_survey_follows_within_thirty_days(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    send(house, survey(subject))
    house.clock.forward(days=29)
    assert refused(house, survey(subject)) == "too-soon"
    house.clock.forward(days=1)
    assert send(house, survey(subject))


def test_no_survey_goes_out_by_night(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    house.clock.forward(hours=12)  # 22:00 in Beijing
    assert refused(house, survey(subject)) == "quiet-hours"


@pytest.mark.usefixtures("mobile_surveys")
def test_a_survey_queued_by_day_does_not_leave_by_night(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    send(house, survey(subject, Channel.SMS))
    house.clock.forward(hours=13)
    assert deliver(house).messages() == []
    house.clock.forward(hours=10)
    assert len(deliver(house).messages()) == 1


def test_a_phone_not_declared_for_surveys_gets_none(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    send(house, survey(subject, Channel.SMS))
    assert deliver(house).messages() == []
    with house.store.read() as db:
        assert [sent.cause for sent in notices.deliveries(db, subject)] == ["undeclared"]


@pytest.mark.usefixtures("mobile_surveys")
def test_a_withdrawal_stops_a_survey_already_on_its_way(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    send(house, survey(subject, Channel.SMS))
    with house.store.begin() as db:
        consent.withdraw(db, subject, Purpose.P5)
    assert deliver(house).messages() == []


@pytest.mark.usefixtures("mobile_surveys")
def test_one_step_out_of_surveys_holds_for_the_phone_under_any_account(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    notice_id = send(house, survey(subject, Channel.SMS))
    text = deliver(house).messages()[0].text
    proof = text.rpartition("proof=")[2].strip()
    with house.store.begin() as db:
        notices.unsubscribe(db, notice_id, proof)
    assert refused(house, survey(subject)) == "not-opted-in"

    with house.store.begin() as db:
        vault.forget(db, subject, [Item.DI_01])  # one phone, one account at a time
    other = person(house)
    opt_in(house, other)
    send(house, survey(other, Channel.SMS))

    assert deliver(house).messages() == []
    with house.store.read() as db:
        assert [sent.cause for sent in notices.deliveries(db, other)] == ["opted-out"]


def test_nobody_unsubscribes_another_by_guessing(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    notice_id = send(house, survey(subject))
    with house.store.begin() as db, pytest.raises(NotAuthentic):
        notices.unsubscribe(db, notice_id, "0" * 64)


def test_a_survey_cannot_travel_inside_a_service_notice(house: House) -> None:
    with house.store.begin() as db, pytest.raises(UnfitNotice):
        notices.send(db, replace(survey(newcomer(db)), kind=NoticeClass.SERVICE))


def test_leaving_surveys_stops_no_security_notice(house: House) -> None:
    subject = person(house)
    opt_in(house, subject)
    with house.store.begin() as db:
        consent.withdraw(db, subject, Purpose.P5)
        for channel in Channel:
            notices.prefer(db, subject, NoticeClass.SURVEY, channel, wanted=False)
    facts = {"when": "2026-11-23 10:00"}
    send(house, Notice(NoticeClass.SECURITY, "new_login", subject, (Channel.SMS,), facts))
    assert len(deliver(house).messages()) == 1


@given(st.sampled_from(sorted(rules.FIXED)), st.none() | st.booleans())
def test_no_choice_stops_a_fixed_class(kind: NoticeClass, chosen: bool | None) -> None:  # noqa: FBT001 - a drawn value
    assert rules.wanted(kind, chosen)


@pytest.mark.parametrize("kind", sorted(rules.FIXED))
def test_a_fixed_class_cannot_be_switched_off(house: House, kind: NoticeClass) -> None:
    with house.store.begin() as db, pytest.raises(CannotBeSwitchedOff):
        notices.prefer(db, newcomer(db), kind, Channel.SMS, wanted=False)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - zone added below
    st.none() | st.integers(0, 90),
    st.booleans(),
)
def test_a_survey_passes_only_with_consent_by_day_and_a_month_apart(
    moment: datetime,
    days_ago: int | None,
    opted_in: bool,  # noqa: FBT001 - a drawn value
) -> None:
    at = moment.replace(tzinfo=UTC)
    last = None if days_ago is None else at - timedelta(days=days_ago)
    passes = not rules.survey_refusal(at, last, opted_in=opted_in)
    hour = (at + timedelta(hours=8)).hour
    assert passes == (opted_in and 8 <= hour < 22 and (days_ago is None or days_ago >= 30))


@pytest.mark.parametrize(("template", "lang"), list(product(rules.TEMPLATES, ("zh", "en"))))
def test_no_message_shows_a_full_personal_item(template: str, lang: str) -> None:
    """INV-31: every template, with all it may name, in both languages."""
    rule = rules.TEMPLATES[template]
    named = rule.needs | rule.may | {"unsubscribe"}
    for facts in ({name: SAMPLES[name] for name in named}, _least(template)):
        words = letters.render(template, lang, facts)
        assert words.subject
        assert words.text
        assert not rules.holds_personal(words.subject + words.text)
    assert len(letters.digest(template, lang)) == 64


def _least(template: str) -> dict[str, str | int]:
    extra = {"unsubscribe"} if template == "survey" else set()
    return {name: SAMPLES[name] for name in rules.TEMPLATES[template].needs | extra}


@pytest.mark.parametrize(
    "value",
    [
        PHONE,
        "+86 138 0013 8000",
        "138-0013-8000",
        "zhang@corp.cn",
        "11010519491231002X",
        "6222020200112233445",
        "203.0.113.9",
        "请联系13800138000。",
    ],
)
def test_an_unmasked_item_among_the_facts_is_refused(house: House, value: str) -> None:
    facts = {"case": "CASE7", "reason": value}
    with house.store.begin() as db, pytest.raises(PersonalInNotice):
        subject = newcomer(db)
        notices.send(db, Notice(NoticeClass.SERVICE, "certification_rejected", subject, (), facts))


@pytest.mark.parametrize("value", ["138****1234", "z***@corp.cn", "0" * 24 + "77", "A1 2026-11-23"])
def test_masks_and_ids_are_taken(value: str) -> None:
    assert not rules.holds_personal(value)


def test_the_record_names_class_purpose_basis_and_template_and_no_address(house: House) -> None:
    subject = person(house)
    facts = {"when": "2026-11-23 10:00"}
    send(house, Notice(NoticeClass.SECURITY, "new_login", subject, (Channel.SMS,), facts))
    deliver(house)
    with house.store.read() as db:
        (sent,) = notices.deliveries(db, subject)
    assert (sent.kind, sent.purpose, sent.basis) == (NoticeClass.SECURITY, "P4", "LEGAL_DUTY")
    assert sent.template_digest == letters.digest("new_login", "zh")
    assert sent.state is DeliveryState.SENT
    assert PHONE not in repr(sent)


def test_there_is_no_class_for_advertising() -> None:
    assert {kind.value for kind in NoticeClass} == {
        "SECURITY",
        "VERIFY",
        "SERVICE",
        "RULE_CHANGE",
        "RIGHTS",
        "INCIDENT",
        "SURVEY",
    }


def test_the_clause_has_its_controls() -> None:
    modules = {kept.module for kept in declared() if Clause.C2_2 in kept.clauses}
    assert {"shouyue.people.notices.service", "shouyue.people.notices.jobs"} <= modules
