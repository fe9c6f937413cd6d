"""A look that staff are refused: what is kept of it, how often, and what is not."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.desk import service as desk
from shouyue.people.overview import words
from shouyue.privacy.clearance import grants
from shouyue.privacy.custody import service as custody
from shouyue.privacy.grounds.types import Danger
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.looks import budget, refused
from shouyue.privacy.looks import service as looks
from shouyue.privacy.looks.tables import RefusedLook
from shouyue.privacy.looks.types import SELF, Attempt, Reader
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from tests.clearance import cleared, prepared
from tests.holding import ANN, LI, NAME, NUMBER, PHONE, WANG, licence, member, name, phone
from tests.house import House
from tests.rooms.test_races import meet

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.clause("5.1.2")
READER = Reader(LI, "reviewer", Purpose.P2, Basis.LEGAL_DUTY, "case-1", "phone-check")
ATTEMPT = Attempt(LI, "reviewer", "P2", (Item.DI_13,), "case-1", ANN)
NO = "clearance.no-grant"


def trace(no: pytest.ExceptionInfo[Refusal]) -> Attempt | None:
    return no.value.trace if isinstance(no.value.trace, Attempt) else None


def alarms(db: Session) -> list[str]:
    found = db.scalars(sa.text("SELECT args FROM job WHERE name = 'alarm.raised'")).all()
    return [str(args) for args in found if "looks." in str(args)]


def test_every_verb_that_opens_says_who_would_have_looked_at_what(db: Session) -> None:
    name(db)
    photo = licence(db)
    deeds: tuple[tuple[Callable[[], object], Item], ...] = (
        (lambda: vault.reveal(db, ANN, [Item.DI_13], READER), Item.DI_13),
        (lambda: vault.matches(db, ANN, Item.DI_13, NAME, READER), Item.DI_13),
        (lambda: documents.view_document(db, photo, READER), Item.DI_10),
        (lambda: vault.reveal(db, ANN, [Item.DI_14], READER), Item.DI_14),  # not held: a probe
    )
    for deed, item in deeds:
        with pytest.raises(Refusal) as no:
            deed()
        assert trace(no) == Attempt(LI, "reviewer", "P2", (item,), "case-1", ANN)


def test_so_does_a_look_past_the_day(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    name(db)
    cleared(db, READER, {ANN: [Item.DI_13]})
    monkeypatch.setattr(budget, "LOOKS", 0)
    with pytest.raises(Refusal) as no:
        vault.reveal(db, ANN, [Item.DI_13], READER)
    assert no.value.code == "vault.budget-spent"
    assert trace(no) == ATTEMPT


def test_so_does_a_look_under_anothers_grant(db: Session) -> None:
    name(db)
    made = cleared(db, READER, {ANN: [Item.DI_13]})
    with pytest.raises(Refusal) as no:
        desk.see(db, made, member(WANG, "reviewer"), ANN, Item.DI_13)
    assert trace(no) == Attempt(WANG, "reviewer", "P2", (Item.DI_13,), "case-1", ANN)
    with pytest.raises(Refusal) as no:
        desk.lines(db, made, member(WANG, "reviewer"))
    assert trace(no) == Attempt(WANG, "reviewer", "P2", (Item.DI_13,), "case-1")


def test_so_does_a_look_at_what_is_restricted(db: Session) -> None:
    name(db)
    kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0].id
    for ground in ("OTM-31", "13800001234"):
        with pytest.raises(Refusal) as no:
            custody.read(db, kept, Warrant(Need.ERASE, ground), LI)
        assert trace(no) == Attempt(LI, "privacy", "P13", (Item.DI_13,), ground, ANN)


def test_so_does_a_look_in_an_emergency_beyond_what_it_names(db: Session) -> None:
    phone(db)
    name(db)
    prepared(db, LI)
    asked = oversight.ask(db, ANN, Danger.LIFE, [Item.DI_01], LI)
    for item in (Item.DI_01, Item.DI_13):  # not confirmed yet, and not named at all
        with pytest.raises(Refusal) as no:
            oversight.look(db, asked, item, LI)
        attempt = trace(no)
        assert attempt is not None
        assert (attempt.actor, attempt.items, attempt.subject) == (LI, (item,), ANN)


def test_what_the_house_or_the_person_is_refused_is_nobodys_attempt(db: Session) -> None:
    with pytest.raises(Refusal) as no:
        vault.reveal(db, ANN, [Item.DI_01], Reader(ANN, SELF, Purpose.P13, Basis.LEGAL_DUTY))
    assert no.value.trace is None


def test_a_refused_look_is_evidence_with_no_value(db: Session) -> None:
    name(db)
    refused.note(db, ATTEMPT, NO)
    leaf = ledger.about(db, ANN)[-1]
    assert leaf.kind == "looks.refused"
    assert leaf.facts == {
        "actor": LI,
        "role": "reviewer",
        "purpose": "P2",
        "items": "DI-13",
        "case": "case-1",
        "code": NO,
    }
    (line,) = refused.listed(db)
    assert (line.actor, line.items, line.code, line.times) == (LI, (Item.DI_13,), NO, 1)
    assert line.leaf == leaf.id
    assert vault.accesses(db, ANN) == []  # nobody has looked
    assert words.kind("looks.refused", "zh") == "一次被拒绝的查阅"


@pytest.mark.parametrize("typed", [PHONE, NUMBER, "张小明的案子", "a b"])
def test_what_was_typed_as_a_case_or_a_person_is_kept_nowhere(db: Session, typed: str) -> None:
    refused.note(db, Attempt(LI, "privacy", "P13", (Item.DI_13,), typed, ANN), NO)
    refused.note(db, Attempt(LI, "privacy", "P13", (Item.DI_13,), "", SubjectId(typed)), NO)
    for table in ("refused_look", "ledger_leaf", "job"):
        text = repr(db.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608
        assert typed not in text
    assert [line.case for line in refused.listed(db)] == ["", ""]


def test_who_is_refused_often_in_a_day_rings_once_and_is_only_counted_then(
    house: House,
) -> None:
    with house.store.begin() as db:
        for _ in range(refused.OFTEN - 1):
            refused.note(db, ATTEMPT, NO)
        assert alarms(db) == []
    for _ in range(40):
        with house.store.begin() as db:
            refused.note(db, ATTEMPT, NO)
    with house.store.begin() as db:
        (alarm,) = alarms(db)
        assert LI in alarm
        lines = refused.listed(db)
        assert len(lines) == refused.OFTEN
        assert sum(line.times for line in lines) == refused.OFTEN + 39
        assert [entry.kind for entry in ledger.about(db, ANN)] == ["looks.refused"] * refused.OFTEN
        refused.note(db, Attempt(WANG), NO)  # another has a count of their own
        assert len(refused.listed(db)) == refused.OFTEN + 1
        assert [line.actor for line in refused.listed(db, WANG)] == [WANG]


def test_a_day_begins_at_midnight_in_beijing(house: House) -> None:
    house.clock.at = house.clock.at.replace(hour=15, minute=59)  # 23:59 in Beijing
    for expected in (1, 2):
        with house.store.begin() as db:
            for _ in range(refused.OFTEN + 5):
                refused.note(db, ATTEMPT, NO)
            assert len(alarms(db)) == expected
        house.clock.forward(minutes=1)
    with house.store.read() as db:
        assert len(refused.listed(db)) == 2 * refused.OFTEN
        days = refused.days(db)
        assert [(who, times) for _, who, times in days] == [(LI, refused.OFTEN + 5)] * 2
        assert days[0][0] - days[1][0] == timedelta(days=1)
        assert refused.days(db, WANG) == []
    house.clock.forward(days=29)
    with house.store.read() as db:
        assert len(refused.days(db)) == 1


def test_two_refusals_at_once_are_counted_in_turn(house: House) -> None:
    with house.store.begin() as db:
        for _ in range(refused.OFTEN - 1):
            refused.note(db, ATTEMPT, NO)

    def note(db: Session) -> None:
        refused.note(db, ATTEMPT, NO)

    meet(house, note, note)
    with house.store.begin() as db:
        assert len(alarms(db)) == 1
        lines = refused.listed(db)
        assert (len(lines), sum(line.times for line in lines)) == (refused.OFTEN, refused.OFTEN + 1)


def test_refused_looks_are_kept_as_long_as_looks(house: House) -> None:
    with house.store.begin() as db:
        refused.note(db, ATTEMPT, NO)
    house.clock.forward(seconds=looks.KEPT.total_seconds())
    with house.store.begin() as db:
        looks.expire(db)
        assert db.scalars(sa.select(RefusedLook)).all()
    house.clock.forward(seconds=timedelta(seconds=1).total_seconds())
    with house.store.begin() as db:
        looks.expire(db)
        assert db.scalars(sa.select(RefusedLook)).all() == []


def test_a_grant_that_ends_meanwhile_leaves_a_trace_of_the_look(db: Session) -> None:
    name(db)
    made = cleared(db, READER, {ANN: [Item.DI_13]})
    grants.leave(db, LI)
    with pytest.raises(Refusal) as no:
        vault.reveal(db, ANN, [Item.DI_13], READER)
    assert made
    assert trace(no) == ATTEMPT
