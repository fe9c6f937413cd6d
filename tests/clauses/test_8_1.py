"""8.1: no right goes by silence, no change hides its size, no yes covers what has changed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shouyue.assembly import publishing
from shouyue.ground.jobs.service import Answer, Trip, Worker
from shouyue.ground.store.session import Session
from shouyue.people.accounts import announcements, standing
from shouyue.people.accounts.types import AccountState
from shouyue.people.notices import jobs as notice_jobs
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import NoticeClass
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy import source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Change, RecipientKind
from tests.editions import edition, received, said
from tests.house import House
from tests.people import OTHER_PHONE, sign_up
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("8.1")


@pytest.fixture(autouse=True)
def own_policy() -> Iterator[None]:
    yield
    policy.use(policy.load())


@pytest.mark.parametrize("change", [Change.REDUCES_RIGHTS, Change.MINOR])
def test_an_edition_that_takes_rights_away_is_never_announced(db: Session, change: Change) -> None:
    own = source.load()
    editions.adopt(db, own)
    clause = own.clauses[Clause.C6_1_1]
    fewer = {**own.clauses, clause.id: replace(clause, rights=clause.rights[1:])}
    with pytest.raises(errors.ReducesRights):
        editions.announce(db, edition("1.1.0", db.clock(), 60, change, clauses=fewer))
    assert len(editions.history(db)) == 1


def test_a_major_change_cannot_be_marked_a_smaller_one(db: Session) -> None:
    editions.adopt(db, source.load())
    more = received(RecipientKind.PARTNER, Item.DI_05)
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, recipients=more))
    assert "8.2.c" in str(no.value.facts["clauses"])
    told = editions.announce(db, edition("1.1.0", db.clock(), 60, recipients=more))
    assert "8.2.c" in told.major


def test_going_on_is_no_consent_to_a_purpose_that_has_changed(house: House) -> None:
    with house.store.begin() as db:
        editions.adopt(db, policy.active())
        subject = sign_up(db, chosen=[Purpose.P5]).subject
        partner = offers.purpose("zh", Purpose.P19, (Item.DI_06,))
        notice = consents.show(db, partner)
        consents.give(db, subject, notice.token, control=Control.BUTTON)
        more = received(RecipientKind.PARTNER, Item.DI_05)
        coming = edition("1.1.0", db.clock(), 16, recipients=more)
        editions.announce(db, coming)
    policy.use(coming)
    house.clock.forward(days=16)
    publishing.adopt(house.store)
    with house.store.begin() as db:
        assert consents.state(db, subject, Purpose.P19) is ConsentState.STALE
        assert consents.state(db, subject, Purpose.P5) is ConsentState.GIVEN
        assert consents.state(db, subject, Purpose.P1) is ConsentState.GIVEN


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_a_major_change_is_told_to_each_person_in_two_ways(
    house: House, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "_AT_ONCE", at_once)
    box = PostBox(house.clock)
    egress = Egress(box, box)
    with house.store.begin() as db:
        editions.adopt(db, source.load())
        told = [sign_up(db).subject, sign_up(db, OTHER_PHONE).subject]
        gone = sign_up(db, "13700137000").subject
        for state in (AccountState.CANCEL_PENDING, AccountState.ERASED):
            standing.move(db, gone, state, "asked")
        editions.announce(db, edition("1.1.0", db.clock(), 20))
    answers: dict[str, Answer | Trip[Any, Any]] = {
        announcements.ANNOUNCED: announcements.tell,
        notices.DELIVER: notice_jobs.deliver(egress, "https://open.example.cn"),
    }
    worker = Worker(house.store, answers)
    worker.run_once()
    with house.store.read() as db:
        for subject in told:
            found = notices.inbox(db, subject, "zh")
            [one] = [item for item in found if item.kind is NoticeClass.RULE_CHANGE]
            assert "1.1.0" in one.text
            assert "继续使用不等于同意" in one.text
        kinds = {item.kind for item in notices.inbox(db, gone, "zh")}
        assert NoticeClass.RULE_CHANGE not in kinds
    sent = [out for out in box.messages() if "1.1.0" in out.text]
    assert len(sent) == 2


def test_a_small_change_troubles_nobody(db: Session) -> None:
    editions.adopt(db, source.load())
    sign_up(db)
    words = said(Clause.C5_3, "没有绝对的安全。", "No security is absolute.")
    editions.announce(db, edition("1.0.1", db.clock(), 9, Change.MINOR, clauses=words))
    named = db.connection().exec_driver_sql("SELECT name FROM job").scalars().all()
    assert announcements.ANNOUNCED not in named
    editions.announce(db, edition("1.1.0", db.clock(), 20))
    named = db.connection().exec_driver_sql("SELECT name FROM job").scalars().all()
    assert announcements.ANNOUNCED in named


def test_every_change_is_published_with_the_clauses_that_changed(house: House) -> None:
    words = said(Clause.C5_3, "没有绝对的安全。", "No security is absolute.")
    with house.store.begin() as db:
        editions.adopt(db, source.load())
        editions.announce(db, edition("1.0.1", db.clock(), 9, Change.MINOR, clauses=words))
    page = Visitor(house).page("/legal/privacy?lang=en")
    notice = page.split("Edition 1.0.1 is announced", 1)[1].split("</div>", 1)[0]
    assert "Clauses changed: 5.3" in notice
    assert "/legal/privacy/v/1.0.1" in notice
