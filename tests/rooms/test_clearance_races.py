"""What two answers at the same moment may not do to a grant, on both databases."""

from collections.abc import Callable

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.desk import service as desk
from shouyue.people.staff import jobs as staff_jobs
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.clearance.errors import NoGrant, NoSuchGrant
from shouyue.privacy.clearance.types import (
    Ask,
    Glass,
    Member,
    Need,
    Stage,
    Verdict,
    Wanted,
    Why,
)
from shouyue.privacy.looks import budget
from shouyue.privacy.looks.errors import BudgetSpent
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import APPROVER, cleared, prepared
from tests.house import House
from tests.rooms.test_races import meet

LI = Member("0000000000000000000STAFF03", frozenset({"support"}))
PERSON = SubjectId("0" * 25 + "P")
READER = Reader(LI.id, "reviewer", Purpose.P2, Basis.LEGAL_DUTY, "case-1")
URGENT = "安全事件处置中，须立即联系本人确认"


@pytest.fixture
def asked(house: House) -> str:
    with house.store.begin() as db:
        prepared(db, LI.id)
        reach = {PERSON: [Item.DI_01]}
        return grants.ask(db, LI, Ask("support", Purpose.P4, reach, Need.SECURITY))


def approve(db: Session, made: str) -> Refusal | None:
    try:
        grants.approve(db, made, APPROVER)
    except NoSuchGrant as no:
        return no
    return None


def test_a_grant_approved_while_its_member_leaves_is_over(house: House, asked: str) -> None:
    meet(house, lambda db: approve(db, asked), lambda db: grants.leave(db, LI.id))
    with house.store.read() as db:
        assert grants.one(db, asked).stage is Stage.ENDED
        assert grants.holders(db) == set()


def test_who_leaves_while_somebody_approves_gets_nothing(house: House, asked: str) -> None:
    _, refusal = meet(house, lambda db: grants.leave(db, LI.id), lambda db: approve(db, asked))
    assert isinstance(refusal, NoSuchGrant)
    with house.store.read() as db:
        assert grants.one(db, asked).stage is Stage.ENDED


def test_yes_and_no_at_once_are_the_first_of_them(house: House, asked: str) -> None:
    _, refusal = meet(
        house, lambda db: grants.refuse(db, asked, APPROVER), lambda db: approve(db, asked)
    )
    assert isinstance(refusal, NoSuchGrant)
    with house.store.read() as db:
        assert grants.one(db, asked).stage is Stage.REFUSED


def test_two_reviews_at_once_are_one(house: House) -> None:
    with house.store.begin() as db:
        prepared(db, LI.id)
        taken = Glass("support", Purpose.P4, PERSON, [Item.DI_01], URGENT)
        made = glass.break_glass(db, LI, taken)

    def justify(db: Session) -> Refusal | None:
        try:
            glass.review(db, made, APPROVER, Verdict.JUSTIFIED)
        except NoSuchGrant as no:
            return no
        return None

    first, second = meet(house, justify, justify)
    assert first is None
    assert isinstance(second, NoSuchGrant)


def somebody(db: Session) -> SubjectId:
    subject = vault.new_subject(db)
    name = Keep(subject, Item.DI_13, "陈知行", Purpose.P2, Basis.LEGAL_DUTY, "onboarding")
    vault.keep(db, name)
    return subject


def look(subject: SubjectId) -> Callable[[Session], Refusal | None]:
    def deed(db: Session) -> Refusal | None:
        try:
            vault.reveal(db, subject, [Item.DI_13], READER)
        except (BudgetSpent, NoGrant) as no:
            return no
        return None

    return deed


@pytest.mark.parametrize("most", ["LOOKS", "PEOPLE"])
def test_two_looks_at_once_do_not_pass_the_day_that_has_one(
    house: House, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(budget, most, 1)
    with house.store.begin() as db:
        one, other = somebody(db), somebody(db)
        cleared(db, READER, {one: [Item.DI_13], other: [Item.DI_13]})
    first, second = meet(house, look(one), look(other))
    assert first is None
    assert isinstance(second, BudgetSpent)
    with house.store.read() as db:
        assert vault.accesses(db, other) == []


def test_a_look_that_meets_the_end_of_its_grant_opens_nothing(house: House) -> None:
    with house.store.begin() as db:
        subject = somebody(db)
        made = cleared(db, READER, {subject: [Item.DI_13]})
    _, refusal = meet(house, lambda db: grants.end(db, made, APPROVER), look(subject))
    assert isinstance(refusal, NoGrant)
    with house.store.begin() as db:
        assert vault.accesses(db, subject) == []


@pytest.fixture
def hired(house: House) -> Member:
    """A member of two posts, signed and trained."""
    with house.store.begin() as db:
        both = [StaffRole.REVIEWER, StaffRole.SUPPORT]
        made = staff.create_staff(db, "li-two", "correct horse battery", both)
        prepared(db, made.staff_id)
    return Member(made.staff_id, frozenset(both))


def ask_as_reviewer(db: Session, member: Member) -> str:
    reach = {somebody(db): [Item.DI_13]}
    return grants.ask(db, member, Ask("reviewer", Purpose.P2, reach, Need.INCIDENT))


def test_an_ask_that_is_not_yet_committed_ends_with_its_post(house: House, hired: Member) -> None:
    made, _ = meet(
        house,
        lambda db: ask_as_reviewer(db, hired),
        lambda db: staff.set_roles(db, hired.id, [StaffRole.SUPPORT]),
    )
    with house.store.read() as db:
        assert grants.one(db, made).why == Why.LEFT


def test_glass_that_is_being_broken_is_over_when_its_member_leaves(
    house: House, hired: Member
) -> None:
    taken = Glass("support", Purpose.P4, PERSON, [Item.DI_01], URGENT)
    made, _ = meet(
        house,
        lambda db: glass.break_glass(db, hired, taken),
        lambda db: staff.deactivate(db, hired.id),
    )
    with house.store.read() as db:
        assert grants.one(db, made).why == Why.LEFT


def test_an_ask_as_a_post_that_is_gone_opens_nothing_and_is_swept(
    house: House, hired: Member
) -> None:
    _, made = meet(
        house,
        lambda db: staff.set_roles(db, hired.id, [StaffRole.SUPPORT]),
        lambda db: ask_as_reviewer(db, hired),  # the page read the posts a moment ago
    )
    left = Member(hired.id, frozenset({StaffRole.SUPPORT}))
    with house.store.begin() as db:
        grants.approve(db, made, APPROVER)
        (subject,) = grants.one(db, made).reach
        with pytest.raises(NoGrant):
            desk.lines(db, made, left)
        with pytest.raises(NoGrant):
            desk.see(db, made, left, subject, Item.DI_13)
        staff_jobs.leavers(db, Job(db.new_id(), staff_jobs.LEAVERS, "", {}, 1, db.clock()))
        assert grants.register(db, Wanted(live=True)) == []
