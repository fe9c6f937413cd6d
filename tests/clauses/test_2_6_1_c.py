"""2.6.1.c: an emergency takes two people, has an end, collects nothing, and is told afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shouyue.ground.jobs import service as queue
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.notices import jobs as notices_jobs
from shouyue.people.notices import service as notices
from shouyue.privacy.clearance.errors import NotYourPost
from shouyue.privacy.clearance.types import Member
from shouyue.privacy.grounds import emergencies, jobs
from shouyue.privacy.grounds.errors import NoEmergency, NoGround, NothingHeld, SamePerson
from shouyue.privacy.grounds.types import Danger, Stage
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.clearance import prepared
from tests.house import House, plain
from tests.people import newcomer
from tests.rooms.test_races import meet

pytestmark = pytest.mark.clause("2.6.1.c")
ANN, BEN, CAT = "0" * 25 + "A", "0" * 25 + "B", "0" * 25 + "C"  # three members of staff
PHONE = "13800001234"


def person(db: Session) -> SubjectId:
    subject = newcomer(db)
    for member in (ANN, BEN, CAT):
        prepared(db, member)
    vault.keep(db, Keep(subject, Item.DI_01, PHONE, Purpose.P1, Basis.CONTRACT_SELF, "portal"))
    vault.keep(db, Keep(subject, Item.DI_05, "清风", Purpose.P1b, Basis.CONSENT, "portal"))
    return subject


def watch(staff: str, post: str = "security") -> Member:
    return Member(staff, frozenset({post}))


def live(db: Session, subject: SubjectId, hours: int = 4) -> str:
    asked = oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], ANN)
    oversight.confirm(db, asked, watch(BEN), hours)
    return asked


def work(house: House) -> None:
    told = {emergencies.OVER: notices_jobs.emergency_over}
    with house.store.begin() as db:
        queue.enqueue(db, jobs.LAPSE)
    worker = Worker(house.store, {**jobs.ANSWERS, **told})
    worker.run_once()
    worker.run_once()


def test_an_emergency_lets_nobody_collect_anything(db: Session) -> None:
    for rule in policy.active().items.values():
        for purpose in rule.purposes:
            new = Keep(vault.new_subject(db), rule.id, "x", purpose, Basis.EMERGENCY, "portal")
            with pytest.raises(NotAllowed) as refusal:
                vault.keep(db, new)
            assert refusal.value.facts["cause"] == "basis-undeclared"


def test_what_is_not_held_cannot_be_asked_for(db: Session) -> None:
    with pytest.raises(NothingHeld):
        oversight.ask(db, person(db), Danger.LIFE, [Item.DI_01, Item.DI_14], ANN)


def test_two_people_open_what_is_held(db: Session) -> None:
    subject = person(db)
    emergency = live(db, subject)
    for who in (ANN, BEN):
        assert plain(oversight.look(db, emergency, Item.DI_01, who)) == PHONE
    looks = ledger.about(db, subject, "vault.revealed")
    assert [look.facts["basis"] for look in looks] == ["EMERGENCY"] * 2
    assert {look.facts["case"] for look in looks} == {emergency}


def test_an_emergency_opens_nothing_on_one_persons_word(db: Session) -> None:
    subject = person(db)
    asked = oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], ANN)
    with pytest.raises(SamePerson):
        oversight.confirm(db, asked, watch(ANN), 4)
    with pytest.raises(NoGround) as refusal:
        oversight.look(db, asked, Item.DI_01, ANN)
    assert refusal.value.facts["cause"] == "no-emergency"
    for role in (SYSTEM, "support"):
        reader = Reader(ANN, role, Purpose.P1, Basis.EMERGENCY, case=asked)
        with pytest.raises(NoGround):
            vault.reveal(db, subject, [Item.DI_01], reader)


def test_a_third_person_and_another_item_stay_outside(db: Session) -> None:
    subject = person(db)
    emergency = live(db, subject)
    with pytest.raises(NoGround):
        oversight.look(db, emergency, Item.DI_01, CAT)
    with pytest.raises(NoEmergency):
        oversight.look(db, emergency, Item.DI_05, ANN)
    reader = Reader(ANN, "emergency", Purpose.P1b, Basis.EMERGENCY, case=emergency)
    with pytest.raises(NoGround):
        vault.reveal(db, subject, [Item.DI_01, Item.DI_05], reader)


def test_another_person_stays_outside(db: Session) -> None:
    live(db, person(db))
    other = newcomer(db)
    vault.keep(db, Keep(other, Item.DI_01, "13900001234", Purpose.P1, Basis.CONTRACT_SELF, "x"))
    reader = Reader(ANN, "emergency", Purpose.P1, Basis.EMERGENCY, case="e")
    with pytest.raises(NoGround):
        vault.reveal(db, other, [Item.DI_01], reader)


def test_it_ends_by_itself_after_72_hours_at_most_and_the_person_is_told(house: House) -> None:
    with house.store.begin() as db:
        subject = person(db)
        emergency = live(db, subject, hours=1000)
        until = emergencies.one(db, emergency).until
        assert until == db.clock() + timedelta(hours=72)
    house.clock.forward(hours=71, minutes=59)
    with house.store.begin() as db:
        assert oversight.look(db, emergency, Item.DI_01, ANN)
    house.clock.forward(minutes=1)
    with house.store.begin() as db, pytest.raises(NoGround):
        oversight.look(db, emergency, Item.DI_01, ANN)
    work(house)
    with house.store.begin() as db:
        assert emergencies.one(db, emergency).stage is Stage.OVER
        assert "紧急情况" in notices.inbox(db, subject, "zh")[0].subject


def test_what_was_dropped_or_ended_does_not_live_again(db: Session) -> None:
    subject = person(db)
    asked = oversight.ask(db, subject, Danger.PROPERTY, [Item.DI_01], ANN)
    emergencies.drop(db, asked, BEN)
    with pytest.raises(NoEmergency):
        oversight.confirm(db, asked, watch(BEN), 4)
    emergency = live(db, subject)
    emergencies.end(db, emergency, CAT)
    with pytest.raises(NoGround):
        oversight.look(db, emergency, Item.DI_01, BEN)


def refused(deed: Callable[[Session], None]) -> Callable[[Session], Refusal | None]:
    def tried(db: Session) -> Refusal | None:
        try:
            deed(db)
        except NoEmergency as no:
            return no
        return None

    return tried


def test_what_is_dropped_while_another_confirms_does_not_live(house: House) -> None:
    with house.store.begin() as db:
        asked = oversight.ask(db, person(db), Danger.PROPERTY, [Item.DI_01], ANN)
    _, no = meet(
        house,
        lambda db: emergencies.drop(db, asked, ANN),
        refused(lambda db: oversight.confirm(db, asked, watch(BEN), 4)),
    )
    assert isinstance(no, NoEmergency)
    with house.store.begin() as db:
        assert emergencies.one(db, asked).stage is Stage.DROPPED


def test_two_ends_at_once_are_one_and_the_person_is_told_once(house: House) -> None:
    with house.store.begin() as db:
        subject = person(db)
        emergency = live(db, subject)
    house.clock.forward(hours=4)
    first, second = meet(
        house,
        refused(lambda db: emergencies.end(db, emergency, ANN)),
        emergencies.lapse,
    )
    assert (first, second) == (None, 0)
    with house.store.begin() as db:
        assert len(ledger.about(db, subject, "emergency.over")) == 1


def test_an_ask_that_nobody_confirmed_for_a_day_is_over_before_the_sweep_and_after_it(
    house: House,
) -> None:
    with house.store.begin() as db:
        subject = person(db)
        asked = oversight.ask(db, subject, Danger.PROPERTY, [Item.DI_01], ANN)
    house.clock.forward(hours=24)
    with house.store.begin() as db, pytest.raises(NoEmergency):
        oversight.confirm(db, asked, watch(BEN), 4)
    work(house)
    with house.store.begin() as db:
        assert emergencies.one(db, asked).stage is Stage.DROPPED
        assert len(ledger.about(db, subject, "emergency.dropped")) == 1


@pytest.mark.clause("7")
def test_about_a_minor_privacy_staff_confirm_and_nobody_else(db: Session) -> None:
    subject = person(db)
    vault.keep(db, Keep(subject, Item.DI_62, "x", Purpose.P14, Basis.GUARDIAN, "portal"))
    asked = oversight.ask(db, subject, Danger.LIFE, [Item.DI_01], ANN)
    with pytest.raises(NotYourPost):
        oversight.confirm(db, asked, watch(BEN), 4)
    oversight.confirm(db, asked, watch(BEN, "privacy"), 4)
    assert plain(oversight.look(db, asked, Item.DI_01, ANN)) == PHONE
