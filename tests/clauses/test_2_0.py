"""2.0: declared purposes only; what nobody declared is refused at the door and in the database."""

import pytest
import sqlalchemy as sa

from shouyue.assembly import declared
from shouyue.assembly.declared import ColumnSilent, ColumnUnlawful, SchemaDiffers, Undeclared
from shouyue.ground.jobs import service as queue
from shouyue.ground.jobs.service import Worker
from shouyue.ground.store.columns import Id, Table, holds
from shouyue.ground.store.session import Session
from shouyue.people.alarms import jobs as alarms_jobs
from shouyue.people.alarms import service as alarms
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault import usage
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import House
from tests.people import newcomer

pytestmark = pytest.mark.clause("2.0")
HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)


def keep(db: Session) -> None:
    who = newcomer(db)
    vault.keep(db, Keep(who, Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "portal"))
    vault.keep(db, Keep(who, Item.DI_05, "清风", Purpose.P1b, Basis.CONSENT, "portal"))
    vault.reveal(db, who, [Item.DI_01], HOUSE)


def test_an_item_is_kept_for_a_declared_purpose_only(db: Session) -> None:
    new = Keep(newcomer(db), Item.DI_01, "1", Purpose.P5, Basis.CONTRACT_SELF, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "purpose-undeclared"


def test_an_item_that_the_policy_does_not_collect_is_never_kept(db: Session) -> None:
    new = Keep(newcomer(db), Item.DI_23, "1", Purpose.P2, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NotAllowed):
        vault.keep(db, new)


def test_a_house_that_holds_only_what_is_declared_opens(house: House) -> None:
    with house.store.begin() as db:
        keep(db)
    declared.check(house.store)
    assert declared.strangers(house.store.engine) == []


def test_a_column_that_somebody_added_by_hand_stops_start_up(house: House) -> None:
    with house.store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE account ADD COLUMN hobby VARCHAR(20)"))
    try:
        with pytest.raises(Undeclared) as refusal:
            declared.check(house.store)
    finally:
        with house.store.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE account DROP COLUMN hobby"))
    assert refusal.value.facts["found"] == "account.hobby"


def test_a_table_that_no_room_has_stops_start_up(house: House) -> None:
    with house.store.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE leads (id INTEGER)"))
    try:
        with pytest.raises(Undeclared) as refusal:
            declared.check(house.store)
    finally:
        with house.store.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE leads"))
    assert refusal.value.facts["found"] == "leads"


def test_a_table_that_is_missing_stops_start_up(house: House) -> None:
    table = Table.metadata.tables["quota_level"]
    table.drop(house.store.engine)
    try:
        with pytest.raises(SchemaDiffers) as refusal:
            declared.check(house.store)
    finally:
        table.create(house.store.engine)
    assert refusal.value.facts["lacking"] == "quota_level"


def made_up(column: sa.Column[str]) -> sa.Table:
    """Return a table as a careless room might write it."""
    return sa.Table("club", sa.MetaData(), sa.Column("id", Id(), primary_key=True), column)


def test_a_column_that_does_not_say_what_it_holds_stops_start_up() -> None:
    with pytest.raises(ColumnSilent) as refusal:
        declared.check_columns([*declared.tables(), made_up(sa.Column("hobby", sa.String(20)))])
    assert refusal.value.facts["found"] == "club.hobby"
    assert "club.hobby" in refusal.value.say("en")
    assert "club.hobby" in refusal.value.say("zh")


def test_a_table_about_people_that_names_no_item_stops_start_up() -> None:
    table = made_up(sa.Column("subject", Id()))
    table.info["subject"] = "subject"
    with pytest.raises(ColumnSilent) as refusal:
        declared.check_columns([table])
    assert refusal.value.facts["found"] == "club"


@pytest.mark.parametrize("item", ["DI-23", "DI-99", "hobby"])
def test_a_column_whose_item_the_policy_does_not_collect_stops_start_up(item: str) -> None:
    with pytest.raises(ColumnUnlawful) as refusal:
        declared.check_columns([made_up(sa.Column("sex", sa.String(1), info=holds(item)))])
    assert refusal.value.facts["found"] == f"club.sex={item}"


@pytest.mark.parametrize("kept", ["DI-01/P5", "DI-23/P2", "DI-99/P1", "DI-01/P99"])
def test_a_holding_that_the_policy_no_longer_declares_stops_start_up(
    house: House, kept: str
) -> None:
    item, purpose = kept.split("/")
    with house.store.begin() as db:
        keep(db)
        mine = {"item": item, "purpose": purpose}
        db.execute(
            sa.text("UPDATE holding SET item = :item, purpose = :purpose WHERE item = 'DI-01'"),
            mine,
        )
    with pytest.raises(Undeclared) as refusal:
        declared.check(house.store)
    assert refusal.value.facts["found"] == f"{kept}/CONTRACT_SELF"


def test_an_item_that_nobody_reads_for_ninety_days_is_flagged(house: House) -> None:
    with house.store.begin() as db:
        keep(db)
    house.clock.forward(days=89, hours=23)
    assert flagged(house) == set()
    house.clock.forward(hours=1)
    assert flagged(house) == {"DI-01", "DI-05"}
    with house.store.begin() as db:
        subject = vault.find(db, Item.DI_01, "13800001234")
        assert subject
        vault.reveal(db, subject, [Item.DI_01], HOUSE)
        assert {one.usage.item for one in oversight.register(db) if one.usage.unread} == {
            Item.DI_05
        }


def flagged(house: House) -> set[str]:
    answers = {**usage.ANSWERS, alarms.RAISED: alarms_jobs.raised}
    with house.store.begin() as db:
        queue.enqueue(db, usage.CHECK)
    worker = Worker(house.store, answers)
    worker.run_once()
    worker.run_once()
    with house.store.read() as db:
        return {one.about for one in alarms.living(db) if one.kind == "vault.unread"}


def test_the_register_names_ground_law_and_last_look(db: Session) -> None:
    keep(db)
    subject = vault.new_subject(db)
    vault.keep(db, Keep(subject, Item.DI_13, "陈", Purpose.P2, Basis.LEGAL_DUTY, "portal"))
    by_item = {line.usage.item: line for line in oversight.register(db)}
    law = by_item[Item.DI_13].duty
    assert law is not None
    assert law.id == "ecl-27"
    assert by_item[Item.DI_01].usage.read_at == db.clock()
    assert by_item[Item.DI_05].usage.read_at is None
    assert by_item[Item.DI_05].usage.held == 1
