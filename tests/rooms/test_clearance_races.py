"""What two answers at the same moment may not do to a grant, on both databases."""

import pytest

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import glass, grants
from shouyue.privacy.clearance.errors import NoSuchGrant
from shouyue.privacy.clearance.types import Ask, Glass, Member, Need, Stage, Verdict
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from tests.clearance import APPROVER, prepared
from tests.house import House
from tests.rooms.test_races import meet

LI = Member("0000000000000000000STAFF03", frozenset({"support"}))
PERSON = SubjectId("0" * 25 + "P")


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
    why = "安全事件处置中，须立即联系本人确认"
    with house.store.begin() as db:
        prepared(db, LI.id)
        taken = Glass("support", Purpose.P4, PERSON, [Item.DI_01], why)
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
