"""2.0: declared purposes only; what nobody declared is refused at the door and in the database."""

import json
from concurrent.futures import Executor
from typing import Any

import pytest
import sqlalchemy as sa

from shouyue.assembly import declared
from shouyue.assembly.errors import (
    ColumnSilent,
    ColumnUnlawful,
    SchemaDiffers,
    SchemaTwisted,
    Undeclared,
)
from shouyue.doors.upstreams.intake import Intake
from shouyue.ground.jobs import service as queue
from shouyue.ground.jobs.service import Worker
from shouyue.ground.store.columns import Id, Table, holds
from shouyue.ground.store.session import Session
from shouyue.people.accounts import platform
from shouyue.people.alarms import fields
from shouyue.people.alarms import jobs as alarms_jobs
from shouyue.people.alarms import service as alarms
from shouyue.people.alarms.notes import Notes
from shouyue.platform.catalogue import answers, upstreams
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.watching import EVERY, Watch
from shouyue.platform.directory import service as directory
from shouyue.platform.grants import service as oauth
from shouyue.privacy.egress.types import HttpBack
from shouyue.privacy.oversight import service as oversight
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault import usage
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import House
from tests.people import PHONE, newcomer
from tests.pushing import order_event, stage

pytestmark = pytest.mark.clause("2.0")
CANARY = "canary-value"
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
    with house.store.read() as db:  # it opened, and what it holds is there
        assert db.scalar(sa.text("SELECT count(*) FROM holding"))


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


TWISTS = {
    "text instead of a ciphertext": (
        ("sealed BLOB NOT NULL", "sealed TEXT NOT NULL"),
        "ALTER TABLE holding ALTER COLUMN sealed TYPE TEXT USING encode(sealed, 'hex')",
        "ALTER TABLE holding ALTER COLUMN sealed TYPE BYTEA USING decode(sealed, 'hex')",
        "holding.sealed (TEXT / ",
    ),
    "longer": (
        ("source VARCHAR(64) NOT NULL", "source VARCHAR(640) NOT NULL"),
        "ALTER TABLE holding ALTER COLUMN source TYPE VARCHAR(640)",
        "ALTER TABLE holding ALTER COLUMN source TYPE VARCHAR(64)",
        "holding.source (VARCHAR(640) / ",
    ),
    "may be empty": (
        ("sealed BLOB NOT NULL", "sealed BLOB"),
        "ALTER TABLE holding ALTER COLUMN sealed DROP NOT NULL",
        "ALTER TABLE holding ALTER COLUMN sealed SET NOT NULL",
        "holding.sealed (NULL)",
    ),
}


@pytest.mark.parametrize("kind", TWISTS)
def test_a_column_of_another_type_than_declared_stops_start_up(house: House, kind: str) -> None:
    (before, after), there, back, named = TWISTS[kind]
    on_sqlite = house.store.engine.dialect.name == "sqlite"
    _alter(house, _rewrite(before, after) if on_sqlite else [there])
    try:
        with pytest.raises(SchemaTwisted) as refusal:
            declared.check(house.store)
    finally:
        _alter(house, _rewrite(after, before) if on_sqlite else [back])
    assert str(refusal.value.facts["found"]).startswith(named)
    assert "," not in str(refusal.value.facts["found"])
    declared.check(house.store)  # as it was declared, it opens


def _alter(house: House, statements: list[str]) -> None:
    with house.store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    house.store.engine.dispose()  # a connection remembers what its tables were


def _rewrite(before: str, after: str) -> list[str]:
    # SQLite alters no column; whoever writes its schema by hand does this.
    change = f"UPDATE sqlite_master SET sql = replace(sql, '{before}', '{after}')"  # noqa: S608
    return ["PRAGMA writable_schema=ON", f"{change} WHERE name = 'holding'"]


def test_a_unique_index_that_is_gone_stops_start_up_and_one_for_speed_does_not(
    house: House,
) -> None:
    _alter(house, ["CREATE INDEX ix_of_the_operator ON holding (at)"])
    declared.check(house.store)
    way_in = next(
        one
        for one in Table.metadata.tables["blind_index"].indexes
        if one.name == "uq_blind_index_way_in"
    )
    way_in.drop(house.store.engine)
    try:
        with pytest.raises(SchemaTwisted) as refusal:
            declared.check(house.store)
    finally:
        way_in.create(house.store.engine)
        _alter(house, ["DROP INDEX ix_of_the_operator"])
    assert refusal.value.facts["found"] == "uq_blind_index_way_in"


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


def noticed(notes: Notes) -> set[tuple[str, str]]:
    """Where something undeclared came in, and what it was called; never what it said."""
    taken = notes.take()
    assert {kind for kind, _, _ in taken} <= {fields.KIND}
    assert CANARY not in repr(taken)
    return {(where, about) for _, where, about in taken}


def test_a_name_that_could_be_a_value_is_not_repeated() -> None:
    notes = Notes()
    fields.notice(notes.note, "here", ["hobby", PHONE, "x13800001234", "a" * 99, "张三", ""])
    assert noticed(notes) == {("here", "hobby"), ("here", fields.UNSPEAKABLE)}
    fields.notice(notes.note, "here", [f"f{chr(97 + at)}" for at in range(26)])
    assert len(noticed(notes)) == 20


def test_of_a_platform_account_what_the_documents_do_not_list_is_noticed() -> None:
    notes = Notes()
    answers = (
        {"result": 1, "access_token": "t", "open_id": "ks-1", "scopes": [], "device": CANARY},
        {"result": 1, "user_info": {"name": "清风", "sex": "F", "birthday": CANARY}},
        {"result": 1, "phone": PHONE},
    )
    token, user, phone = (json.dumps(one).encode() for one in answers)
    found = platform.read_identity(token, user, phone, notes.note)
    assert CANARY not in repr(found)
    assert noticed(notes) == {("platform log-in", "device"), ("platform log-in", "birthday")}


def test_of_a_shop_nothing_but_number_and_name_is_taken() -> None:
    notes = Notes()
    told = {"result": 1, "data": {"sellerId": 7, "shopName": "晨星", "owner": CANARY}, "as_of": 1}
    shop = directory.answer(HttpBack(200, json.dumps(told).encode(), 1), notes.note)
    assert CANARY not in repr(shop)
    assert noticed(notes) == {("directory", "data.owner"), ("directory", "as_of")}


def test_an_event_is_taken_without_what_nobody_declared(house: House) -> None:
    scene = stage(house)
    notes, event = Notes(), order_event()
    info = {**event.info, "receiver": {"name": CANARY}}
    body = {
        "event_id": event.event_id,
        "event": event.event,
        "seller_id": event.seller_id,
        "biz_id": event.biz_id,
        "info": info,
        "at": int(event.at.timestamp() * 1000),
        "hobby": CANARY,
    }
    sent = json.dumps(body).encode()
    door = Intake(house.store, "secret", oauth.apps_for, notes.note)
    assert door(upstreams.signed_headers("secret", house.clock(), sent), sent)[0] == 200
    assert noticed(notes) == {
        (f"event {event.event}", "hobby"),
        (f"event {event.event}", "info.receiver"),
    }
    scene.worker.run_once()
    assert CANARY not in repr(scene.envelopes())


def test_a_business_parameter_that_nobody_declared_goes_no_further() -> None:
    api = catalogue.find("open.order.cursor.list")
    given = {"cursor": "", "pageSize": 5, "hobby": CANARY}
    strange: list[str] = []
    left = catalogue.only_declared(api, given, strange)
    assert left == {"cursor": "", "pageSize": 5}
    assert strange == ["hobby"]
    assert catalogue.only_declared(api, left, strange) is left


def test_one_answer_of_an_api_in_ten_minutes_is_looked_at_whole() -> None:
    api = catalogue.find("open.item.get")
    notes, now = Notes(), [0.0]
    watch = Watch(notes.note, lambda: now[0], AtOnce())
    text = json.dumps({"result": 1, "data": {"itemId": 1, "hobby": CANARY}, "extra": 1}).encode()
    for _ in range(100):
        watch.pass_by(api, text)
    assert notes.take() == {
        (fields.KIND, f"answer {api.name}", "data.hobby"): 1,
        (fields.KIND, f"answer {api.name}", "extra"): 1,
    }
    now[0] += EVERY
    watch.pass_by(api, b"no json at all")
    assert notes.take() == {}
    assert CANARY not in repr(answers.read(api, text).data)
    watch.close()


class AtOnce(Executor):
    """Does what it is given at once."""

    def submit(self, deed: Any, /, *given: Any, **named: Any) -> Any:
        deed(*given, **named)
