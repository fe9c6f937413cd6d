"""Restricted storage: what law keeps is out of everybody's reach, and gone at its end."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs import service as bells
from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import holds, jobs, moves, queries
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.errors import (
    HoldUnfit,
    NoSuchHold,
    NotInCustody,
    NoWarrant,
    SamePerson,
)
from shouyue.privacy.custody.holder import erase, export
from shouyue.privacy.custody.rules import months_after
from shouyue.privacy.custody.tables import CustodyValue
from shouyue.privacy.custody.types import GroundKind, HoldStage, NewHold
from shouyue.privacy.grounds.errors import GroundFixed
from shouyue.privacy.keys import certificates, destructions
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import InCustody
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.keys.types import Cause, Doomed, Need, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import SELF, Keep, Reader
from tests.holding import (
    ANN,
    CASE,
    DUTY,
    LI,
    NAME,
    NUMBER,
    PHONE,
    PHOTO,
    WANG,
    YES,
    hold,
    licence,
    name,
    number,
    phone,
    read_in_custody,
)
from tests.house import MONDAY, House, plain

SELF_READER = Reader(ANN, SELF, Purpose.P13, Basis.LEGAL_DUTY)
SRC = Path(__file__).parents[2] / "src/shouyue"


def kinds(db: Session) -> list[str]:
    return [entry.kind for entry in ledger.about(db, ANN)]


def read(db: Session, item: Item, ground: str) -> bytes:
    (found,) = [one for one in custody.of(db, ANN) if one.item is item]
    opened = read_in_custody(db, found.id, Warrant(Need.LEGAL_CLAIM, ground))
    return plain(opened.content)


def test_who_leaves_leaves_nothing_but_what_the_statute_keeps(db: Session) -> None:
    phone(db)
    name(db)
    number(db, basis=YES)
    licence(db)
    done = custody.erase(db, ANN, event=Anchor.EXIT)
    assert {one.item for one in done.kept} == {Item.DI_10, Item.DI_13}
    assert {one.until for one in done.kept} == {months_after(MONDAY, 36)}
    assert done.erased == 2
    assert vault.holdings(db, ANN) == []
    assert documents.documents(db, ANN) == []
    assert all(key.custody for key in keys.live(db, ANN))
    assert read(db, Item.DI_13, "OTM-31") == NAME.encode()
    assert read(db, Item.DI_10, "OTM-31") == PHOTO
    assert kinds(db).count("custody.restricted") == 2


def test_without_an_exit_no_statute_of_the_exit_keeps_anything(db: Session) -> None:
    name(db)
    assert custody.erase(db, ANN).kept == ()
    assert keys.live(db, ANN) == []


def test_no_ordinary_verb_reaches_what_is_in_custody(db: Session) -> None:
    name(db)
    number(db)
    photo = licence(db)
    stood = db.execute(sa.text("SELECT id, sealed FROM holding WHERE item = 'DI-13'")).one()
    custody.erase(db, ANN, event=Anchor.EXIT)
    with pytest.raises(NotHeld):
        vault.reveal(db, ANN, [Item.DI_13], SELF_READER)
    with pytest.raises(NotHeld):
        vault.matches(db, ANN, Item.DI_14, NUMBER, SELF_READER)
    with pytest.raises(NotHeld):
        vault.view_document(db, photo, SELF_READER)
    assert vault.masked(db, ANN, list(Item)) == {}
    assert vault.find(db, Item.DI_14, NUMBER) is None
    for row in queries.values(db, ANN):
        with pytest.raises(InCustody):
            keys.unseal(db, row.key, moves.place(row), moves.content(db, row))
    row = next(row for row in queries.values(db, ANN) if row.row == stood.id)
    assert moves.content(db, row) != stood.sealed
    assert row.origin in {stone.key for stone in certificates.since(db, MONDAY)}


@pytest.mark.parametrize("need", list(Need))
def test_a_read_names_the_ground_that_keeps_the_value(db: Session, need: Need) -> None:
    name(db)
    kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
    for wrong in ("", "ECL-31", "CSL-23", "otm-31"):
        with pytest.raises(NoWarrant):
            read_in_custody(db, kept.id, Warrant(need, wrong))
    assert vault.accesses(db, ANN) == []
    opened = read_in_custody(db, kept.id, Warrant(need, "OTM-31"))
    assert plain(opened.content) == NAME.encode()
    (look,) = vault.accesses(db, ANN)
    assert (look.actor, look.case, look.reason_code) == (LI, "OTM-31", need.value)
    assert kinds(db)[-2:] == ["custody.read", "keys.opened-in-custody"]
    told = db.scalars(sa.text("SELECT args FROM job WHERE name = 'alarm.raised'")).all()
    assert any(kept.id in str(args) for args in told)


def test_nothing_is_read_once_its_time_is_over(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
    house.clock.at = kept.until
    with house.store.begin() as db, pytest.raises(NoWarrant):
        read_in_custody(db, kept.id, Warrant(Need.AUTHORITY, "OTM-31"))
    sweep(house)
    with house.store.begin() as db, pytest.raises(NotInCustody):
        read_in_custody(db, kept.id, Warrant(Need.AUTHORITY, "OTM-31"))


def test_at_the_end_the_key_is_destroyed_with_a_certificate(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        licence(db)
        kept = custody.erase(db, ANN, event=Anchor.EXIT).kept[0]
        shelf = [row.object_name for row in queries.values(db, ANN) if row.object_name]
    house.clock.at = kept.until - timedelta(seconds=1)
    sweep(house)
    with house.store.read() as db:
        assert len(custody.of(db, ANN)) == 2
    house.clock.at = kept.until
    sweep(house)
    with house.store.begin() as db:
        assert custody.of(db, ANN) == []
        assert keys.live(db, ANN) == []
        stone = certificates.latest(db, 1)[0]
        assert (stone.cause, stone.custody) == (Cause.EXPIRED, True)
        assert kinds(db)[-1] == "vault.shredded"
    assert shelf
    assert shelf[0] not in set(house.objects.names("custody", house.clock() + timedelta(9999)))


def test_logs_are_kept_from_the_day_they_were_collected() -> None:
    law = statutes.keepings()["CSL-23"]
    assert (law.runs_from, law.months) == (Anchor.COLLECTED, 6)
    assert months_after(MONDAY.replace(month=8, day=31), 6).date().isoformat() == "2027-02-28"
    for law in statutes.keepings().values():
        for item in law.items:
            assert item in policy.active().items, f"{law.id} keeps what nobody collects"
            assert Basis.LEGAL_DUTY in {
                basis for bases in policy.item(item).bases.values() for basis in bases
            }


def test_a_hold_keeps_what_consent_carries_and_lets_use_go_on(db: Session) -> None:
    name(db, basis=YES)
    number(db, basis=YES)
    held = hold(db, Item.DI_13)
    assert set(vault.masked(db, ANN, list(Item))) == {Item.DI_13, Item.DI_14}
    done = custody.erase(db, ANN, [Item.DI_13, Item.DI_14])
    assert [(one.item, one.grounds[0].ref) for one in done.kept] == [(Item.DI_13, held)]
    assert done.erased == 1
    assert read(db, Item.DI_13, held) == NAME.encode()


def test_a_released_hold_erases_at_once_what_was_due(db: Session) -> None:
    name(db)
    phone(db)
    held = hold(db)
    custody.erase(db, ANN, event=Anchor.EXIT)
    assert len(custody.of(db, ANN)) == 2
    assert holds.release(db, held, LI) == 1
    (left,) = custody.of(db, ANN)
    assert (left.item, [one.ref for one in left.grounds]) == (Item.DI_13, ["OTM-31"])
    assert holds.listed(db)[0].stage is HoldStage.RELEASED
    with pytest.raises(NoSuchHold):
        holds.release(db, held, LI)


def test_a_hold_on_what_is_in_custody_outlasts_the_statute(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        until = custody.erase(db, ANN, event=Anchor.EXIT).kept[0].until
    house.clock.at = until - timedelta(days=1)
    with house.store.begin() as db:
        held = hold(db, days=30)
    house.clock.forward(days=2)
    sweep(house)
    with house.store.begin() as db:
        with pytest.raises(NoWarrant):
            read(db, Item.DI_13, "OTM-31")
        assert read(db, Item.DI_13, held) == NAME.encode()
    house.clock.forward(days=30)
    sweep(house)
    with house.store.begin() as db:
        assert custody.of(db, ANN) == []
        assert holds.listed(db)[0].stage is HoldStage.EXPIRED


def test_a_release_does_not_wait_for_the_sweep_where_the_statute_is_over_too(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        until = custody.erase(db, ANN, event=Anchor.EXIT).kept[0].until
    house.clock.at = until - timedelta(days=1)
    with house.store.begin() as db:
        held = hold(db)
    house.clock.at = until
    with house.store.begin() as db:
        assert holds.release(db, held, LI) == 1
        assert custody.of(db, ANN) == []


def test_nobody_holds_alone(db: Session) -> None:
    name(db)
    until = db.clock() + timedelta(days=30)
    made = holds.ask(db, NewHold(ANN, GroundKind.HOLD, CASE, (), until), LI)
    assert (holds.waiting(db, LI), holds.waiting(db, WANG)) == (0, 1)
    with pytest.raises(SamePerson):
        holds.confirm(db, made, LI)
    assert custody.erase(db, ANN).kept == ()  # a hold that only waits keeps nothing
    holds.drop(db, made, WANG)
    with pytest.raises(NoSuchHold):
        holds.confirm(db, made, WANG)


@pytest.mark.parametrize(
    ("days", "case", "kind", "cause"),
    [
        (91, CASE, GroundKind.HOLD, "until"),
        (0, CASE, GroundKind.INFEASIBLE, "until"),
        (1, CASE, GroundKind.STATUTE, "kind"),
        (1, "张小明的案子", GroundKind.HOLD, "case"),
        (1, "13800001234", GroundKind.HOLD, "case"),
        (1, "zhang@corp.cn", GroundKind.HOLD, "case"),
    ],
)
def test_a_hold_is_short_and_names_nobody(
    db: Session, days: int, case: str, kind: GroundKind, cause: str
) -> None:
    name(db)
    with pytest.raises(HoldUnfit) as no:
        holds.ask(db, NewHold(ANN, kind, case, (), db.clock() + timedelta(days=days)), LI)
    assert no.value.facts["cause"] == cause


def test_nobody_is_held_of_whom_nothing_is_known(db: Session) -> None:
    with pytest.raises(HoldUnfit):
        hold(db)


def test_holds_are_forgotten_three_years_after_their_end(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        holds.release(db, hold(db), WANG)
    house.clock.forward(days=3 * 366)
    sweep(house)
    with house.store.read() as db:
        assert len(holds.listed(db)) == 1
    house.clock.forward(days=1)
    sweep(house)
    with house.store.read() as db:
        assert holds.listed(db) == []


def test_who_comes_again_is_a_new_person_beside_the_kept(db: Session) -> None:
    phone(db)
    hold(db)
    custody.erase(db, ANN)
    other = vault.new_subject(db)
    phone(db, other)  # the way in is free
    assert vault.find(db, Item.DI_01, PHONE) == other
    assert len(custody.of(db, ANN)) == 1
    assert custody.of(db, other) == []


def test_the_same_item_may_be_kept_twice(db: Session) -> None:
    name(db)
    number(db)  # the live key lives on
    held = hold(db, Item.DI_13)
    custody.erase(db, ANN, [Item.DI_13])
    name(db, value="王二")
    custody.erase(db, ANN, [Item.DI_13])
    assert len(custody.of(db, ANN)) == 2
    assert holds.release(db, held, LI) == 2
    assert {key.custody for key in keys.live(db, ANN)} == {False}


def test_what_is_in_custody_follows_the_suite(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        licence(db)
        custody.erase(db, ANN, event=Anchor.EXIT)
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        bells.enqueue(db, jobs.RESEAL)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert {row.suite for row in db.scalars(sa.select(DataKey))} == {Suite.SM4}
        assert read(db, Item.DI_13, "OTM-31") == NAME.encode()
        assert read(db, Item.DI_10, "OTM-31") == PHOTO


def test_a_damaged_value_in_custody_stays_under_its_key_and_is_told(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        licence(db)
        custody.erase(db, ANN, event=Anchor.EXIT)
    with house.store.begin() as db:
        row = db.scalars(sa.select(CustodyValue).where(CustodyValue.item == "DI-13")).one()
        damaged, key, row.sealed = row.row, row.key, (row.sealed or b"")[:-1]
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        bells.enqueue(db, jobs.RESEAL)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert db.get_one(DataKey, key).suite == Suite.AES
        assert read(db, Item.DI_10, "OTM-31") == PHOTO
        told = db.scalars(sa.select(JobRow.args).where(JobRow.name == "alarm.raised")).all()
    assert {"kind": "keys.seal-broken", "where": "holding", "about": damaged} in told


def test_a_class_that_two_destroy_leaves_what_a_hold_covers(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        number(db)
        held = hold(db, Item.DI_13)
        made = destructions.ask(db, Doomed.CLASS, "certification", LI)
        destructions.approve(db, made, WANG)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert vault.holdings(db, ANN) == []
        assert [one.item for one in custody.of(db, ANN)] == [Item.DI_13]
        assert read(db, Item.DI_13, held) == NAME.encode()


def test_the_holder_says_what_stays_and_erases_the_rest(db: Session) -> None:
    name(db)
    phone(db)
    assert erase(db, ANN) == 1
    assert erase(db, ANN) == 0
    told = str(export(db, ANN))
    assert "OTM-31" in told
    assert NAME not in told


def test_no_key_in_custody_goes_before_its_rows(db: Session) -> None:
    name(db)
    custody.erase(db, ANN, event=Anchor.EXIT)
    vault.shred(db, ANN)
    (key,) = keys.live(db, ANN)
    with pytest.raises(sa.exc.IntegrityError):
        keys.destroy(db, key, Cause.ERASED)
        db.flush()


def test_no_row_of_custody_shows_a_value(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        phone(db)
        hold(db)
        custody.erase(db, ANN, event=Anchor.EXIT)
    with house.store.read() as db:
        for table in ("custody_value", "custody_ground", "legal_hold", "job", "ledger_leaf"):
            text = repr(db.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608
            assert NAME not in text
            assert PHONE not in text
        assert db.scalars(sa.select(CustodyValue)).all()


def test_nothing_in_the_house_erases_values_past_custody() -> None:
    # Whoever calls the vault's own verbs would pass by a statute or a hold.
    allowed = {"privacy/custody", "privacy/vault", "privacy/recovery"}
    verbs = ("vault.forget(", "vault.shred(", "vault.retire(")
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if any(verb in path.read_text("utf-8") for verb in verbs)
    }
    assert {path for path in found if "/".join(path.split("/")[:2]) not in allowed} == set()


def test_nothing_in_the_house_corrects_values_past_custody() -> None:
    # A correction that did not come through custody would overwrite what a hold needs.
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if "vault.keep(" in path.read_text("utf-8")
    }
    assert found == {"privacy/custody/service.py"}
    papers = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if ".keep_document(" in path.read_text("utf-8").replace("custody.keep_document(", "")
    }
    assert papers == {"privacy/custody/service.py"}


def keep(db: Session, value: str, basis: Basis = DUTY) -> None:
    custody.keep(db, Keep(ANN, Item.DI_13, value, Purpose.P2, basis, "portal"))


def shown(db: Session) -> str:
    return plain(vault.reveal(db, ANN, [Item.DI_13], SELF_READER)[Item.DI_13])


def test_a_correction_under_a_hold_shows_at_once_and_the_hold_keeps_the_old_value(
    db: Session,
) -> None:
    name(db)
    held = hold(db, Item.DI_13)
    keep(db, "章小明")
    assert shown(db) == "章小明"
    (old,) = custody.of(db, ANN)
    assert [(one.kind, one.ref) for one in old.grounds] == [(GroundKind.HOLD, held)]
    assert read(db, Item.DI_13, held) == NAME.encode()
    told = db.scalars(sa.text("SELECT name FROM job")).all()
    assert custody.KEPT in told
    assert holds.release(db, held, LI) == 1
    assert custody.of(db, ANN) == []
    assert shown(db) == "章小明"


def test_what_is_the_same_or_what_no_hold_covers_is_not_set_aside(db: Session) -> None:
    name(db)
    hold(db, Item.DI_14)
    keep(db, "章小明")
    hold(db, Item.DI_13)
    keep(db, "章小明")
    assert custody.of(db, ANN) == []
    assert shown(db) == "章小明"


def test_each_correction_under_a_hold_leaves_what_was_there_before(db: Session) -> None:
    name(db)
    hold(db)
    for value in ("一", "二", "三"):
        keep(db, value)
    assert len(custody.of(db, ANN)) == 3
    assert shown(db) == "三"


def test_a_correction_under_a_hold_is_no_way_to_another_ground(house: House) -> None:
    with house.store.begin() as db:
        name(db, basis=YES)
        hold(db, Item.DI_13)
    with house.store.begin() as db:
        with pytest.raises(GroundFixed):
            keep(db, "章小明", DUTY)
        assert custody.of(db, ANN) == []
        assert shown(db) == NAME


def test_a_value_goes_at_the_moment_its_last_ground_ends_and_not_an_hour_later(
    house: House,
) -> None:
    with house.store.begin() as db:
        name(db)
        hold(db, days=1)
        custody.erase(db, ANN)
    worker = Worker(house.store, {jobs.SWEEP: jobs.sweep}, {jobs.SWEEP: timedelta(hours=1)})
    house.clock.forward(hours=23, minutes=20)
    worker.plan()
    worker.run_once()
    house.clock.forward(minutes=39, seconds=59)
    assert worker.run_once() == 0
    assert held(house) == 1
    house.clock.forward(seconds=1)
    assert worker.run_once() == 1
    assert held(house) == 0
    house.clock.forward(minutes=20)
    assert worker.run_once() == 1  # the hourly one goes on


def held(house: House) -> int:
    with house.store.read() as db:
        return len(custody.of(db, ANN))


def sweep(house: House) -> None:
    with house.store.begin() as db:
        bells.enqueue(db, jobs.SWEEP)
    Worker(house.store, jobs.ANSWERS).run_once()
