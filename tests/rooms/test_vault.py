import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.errors import ObjectAbsent
from shouyue.ground.store.holders import Holder
from shouyue.ground.store.objects import folder
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.tables import DataKey, DestroyedKey
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.looks import service as looks
from shouyue.privacy.looks.tables import VaultAccess
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents, holder
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed, NotFindable, NotHeld
from shouyue.privacy.vault.tables import (
    BlindIndex,
    SealedDocument,
    VaultHolding,
)
from shouyue.privacy.vault.types import SELF, SYSTEM, Keep, KeepDocument, Reader
from tests.clearance import cleared
from tests.house import House, open_house, plain
from tests.people import newcomer

PHONE, NAME, NUMBER, NICK = "13800001234", "张三丰", "11010519491231002X", "清风徐来水波不兴"
PHOTO = b"\x89PNG-canary-" + bytes(range(256)) * 40
HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
REVIEWER = Reader("reviewer-7", "reviewer", Purpose.P2, Basis.LEGAL_DUTY, case="case-9")


def phone_of(subject: SubjectId, value: str = PHONE) -> Keep:
    return Keep(subject, Item.DI_01, value, Purpose.P1, Basis.CONTRACT_SELF, "portal.sign-up")


def name_of(subject: SubjectId, value: str = NAME) -> Keep:
    return Keep(subject, Item.DI_13, value, Purpose.P2, Basis.SEPARATE_CONSENT, "portal.onboarding")


def nick_of(subject: SubjectId) -> Keep:
    return Keep(subject, Item.DI_05, NICK, Purpose.P1b, Basis.CONSENT, "platform.profile")


def photo_of(subject: SubjectId) -> KeepDocument:
    return KeepDocument(
        subject,
        Item.DI_16,
        PHOTO,
        "image/png",
        Purpose.P2,
        Basis.SEPARATE_CONSENT,
        "portal.onboarding",
    )


def count(db: Session, table: type) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def person(db: Session) -> SubjectId:
    subject = newcomer(db)
    vault.keep(db, phone_of(subject))
    return subject


def test_what_was_kept_is_revealed_to_a_reader_with_a_reason(
    db: Session, person: SubjectId
) -> None:
    assert plain(vault.reveal(db, person, [Item.DI_01], HOUSE)[Item.DI_01]) == PHONE


def test_a_new_value_takes_the_place_of_the_earlier_one(db: Session, person: SubjectId) -> None:
    vault.keep(db, phone_of(person, "13900005678"))
    assert plain(vault.reveal(db, person, [Item.DI_01], HOUSE)[Item.DI_01]) == "13900005678"
    assert vault.find(db, Item.DI_01, PHONE) is None
    assert count(db, VaultHolding) == count(db, BlindIndex) == count(db, DataKey) == 1


def test_keeping_leaves_evidence_of_ids_only(db: Session, person: SubjectId) -> None:
    (entry,) = ledger.about(db, person, "vault.kept")
    assert entry.facts["item"] == "DI-01"
    assert entry.facts["basis"] == "CONTRACT_SELF"
    assert PHONE not in json.dumps(dict(entry.facts))


@pytest.mark.parametrize(
    ("item", "purpose", "basis", "cause"),
    [
        (Item.DI_01, Purpose.P5, Basis.CONTRACT_SELF, "purpose-undeclared"),
        (Item.DI_01, Purpose.P1, Basis.LEGAL_DUTY, "basis-undeclared"),
        (Item.DI_23, Purpose.P2, Basis.LEGAL_DUTY, "purpose-undeclared"),
    ],
)
def test_what_the_policy_does_not_declare_is_not_kept(
    db: Session, item: Item, purpose: Purpose, basis: Basis, cause: str
) -> None:
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, Keep(newcomer(db), item, "x", purpose, basis, "portal"))
    assert refusal.value.facts["cause"] == cause
    assert count(db, VaultHolding) == 0


def test_a_guardian_carries_only_what_the_policy_says(db: Session) -> None:
    child = newcomer(db)
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, replace(phone_of(child), basis=Basis.GUARDIAN))
    assert refusal.value.facts["cause"] == "basis-undeclared"


@pytest.mark.parametrize(
    ("reader", "cause"),
    [
        (replace(HOUSE, actor=""), "reader-incomplete"),
        (replace(HOUSE, role=""), "reader-incomplete"),
        (replace(HOUSE, purpose=Purpose.P5), "purpose-undeclared"),
        (replace(HOUSE, role="support"), "case-or-reason-missing"),
        (replace(HOUSE, role=SELF), "not-self"),
        (replace(HOUSE, role="research", reason="survey"), "role-undeclared"),
        (replace(HOUSE, purpose=Purpose.P13), "purpose-undeclared"),
    ],
)
def test_a_reader_without_a_good_reason_reads_nothing(
    db: Session, person: SubjectId, reader: Reader, cause: str
) -> None:
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, person, [Item.DI_01], reader)
    assert refusal.value.facts["cause"] == cause
    assert count(db, VaultAccess) == 0


def test_a_reason_that_could_name_a_person_is_refused(db: Session, person: SubjectId) -> None:
    with pytest.raises(NotOpaque):
        vault.reveal(db, person, [Item.DI_01], replace(HOUSE, reason="打给张三"))


def test_a_person_reads_what_is_held_about_them(db: Session, person: SubjectId) -> None:
    own = Reader(person, SELF, Purpose.P13, Basis.LEGAL_DUTY)
    assert plain(vault.reveal(db, person, [Item.DI_01], own)[Item.DI_01]) == PHONE


def test_consent_for_one_purpose_does_not_reach_another(db: Session) -> None:
    subject = newcomer(db)
    vault.keep(db, nick_of(subject))
    reader = replace(HOUSE, purpose=Purpose.P8, basis=Basis.CONSENT)
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, subject, [Item.DI_05], reader)
    assert refusal.value.facts["cause"] == "beyond-consent"
    on_duty = replace(reader, basis=Basis.LEGAL_DUTY)
    assert vault.reveal(db, subject, [Item.DI_05], on_duty)[Item.DI_05].purpose is Purpose.P8


@pytest.mark.parametrize("basis", [Basis.CONSENT, Basis.LEGAL_DUTY])
def test_a_purpose_that_is_off_stops_every_read_that_consent_carried(
    db: Session, basis: Basis
) -> None:
    subject = newcomer(db)
    vault.keep(db, nick_of(subject))
    grounds.switch(db, subject, Purpose.P1b, on=False)
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, subject, [Item.DI_05], replace(HOUSE, purpose=Purpose.P1b, basis=basis))
    assert refusal.value.facts["cause"] == "purpose-off"


def test_a_purpose_that_is_on_again_lets_reads_pass(db: Session) -> None:
    subject = newcomer(db)
    vault.keep(db, nick_of(subject))
    for on in (False, False, True, True):
        grounds.switch(db, subject, Purpose.P1b, on=on)
    reader = replace(HOUSE, purpose=Purpose.P1b, basis=Basis.CONSENT)
    assert vault.reveal(db, subject, [Item.DI_05], reader)[Item.DI_05].purpose is Purpose.P1b
    states = [entry.facts["state"] for entry in ledger.about(db, subject, "grounds.switched")]
    assert sorted(map(str, states)) == ["off", "on"]


def test_a_purpose_that_is_off_leaves_what_a_contract_carries(
    db: Session, person: SubjectId
) -> None:
    grounds.switch(db, person, Purpose.P3, on=False)
    assert vault.reveal(db, person, [Item.DI_01], HOUSE)


def test_an_item_that_is_not_held_is_not_revealed(db: Session, person: SubjectId) -> None:
    with pytest.raises(NotHeld):
        vault.reveal(db, person, [Item.DI_01, Item.DI_03], HOUSE)
    assert count(db, VaultAccess) == 0


def test_a_look_is_written_down_before_the_value_is_released(
    db: Session, person: SubjectId
) -> None:
    support = replace(REVIEWER, role="support", purpose=Purpose.P4)
    grant = cleared(db, support, {person: [Item.DI_01]})
    vault.reveal(db, person, [Item.DI_01], support)
    (access,) = vault.accesses(db, person)
    assert (access.actor, access.role, access.case) == ("reviewer-7", "support", "case-9")
    assert access.items == (Item.DI_01,)
    (entry,) = ledger.about(db, person, "vault.revealed")
    assert entry.id == access.leaf
    assert entry.facts["grant"] == access.grant == grant


def test_without_a_working_ledger_nothing_is_revealed(db: Session, person: SubjectId) -> None:
    _break_the_ledger(db)
    released = None
    with pytest.raises(sa.exc.DBAPIError):
        released = vault.reveal(db, person, [Item.DI_01], HOUSE)
    assert released is None


def test_without_a_working_ledger_no_document_opens(db: Session, person: SubjectId) -> None:
    paper = vault.keep_document(db, photo_of(person))
    cleared(db, REVIEWER, {person: [Item.DI_16]})
    _break_the_ledger(db)
    with pytest.raises(sa.exc.DBAPIError):
        vault.view_document(db, paper, REVIEWER)


def _break_the_ledger(db: Session) -> None:
    names = sa.inspect(db.connection()).get_table_names()
    for table in (name for name in names if name.startswith("ledger")):
        cascade = " CASCADE" if db.connection().dialect.name == "postgresql" else ""
        db.execute(sa.text(f"DROP TABLE {table}{cascade}"))


def test_what_goes_in_does_not_show_itself_either() -> None:
    subject = SubjectId("0" * 26)
    assert PHONE not in repr(phone_of(subject))
    assert "canary" not in repr(photo_of(subject))


def test_masks_are_all_that_a_reading_session_gets(house: House) -> None:
    with house.store.begin() as db:
        subject = newcomer(db)
        vault.keep(db, phone_of(subject))
        vault.keep(db, name_of(subject))
    with house.store.read() as reading:
        wanted = [Item.DI_01, Item.DI_13, Item.DI_14]
        shown = vault.masked(reading, subject, wanted)
        assert shown == {Item.DI_01: "138****1234", Item.DI_13: "张**"}
        assert [held.masked for held in vault.holdings(reading, subject)] == ["138****1234", "张**"]


def test_a_person_is_found_by_any_spelling_of_the_phone(db: Session, person: SubjectId) -> None:
    assert vault.find(db, Item.DI_01, "+86 138-0000-1234") == person
    assert vault.find(db, Item.DI_01, "13800001235") is None


def test_nobody_is_found_by_an_item_without_an_index(db: Session) -> None:
    with pytest.raises(NotFindable):
        vault.find(db, Item.DI_13, NAME)


def test_a_comparison_answers_and_is_witnessed(db: Session, person: SubjectId) -> None:
    assert vault.matches(db, person, Item.DI_01, "+8613800001234", HOUSE)
    assert not vault.matches(db, person, Item.DI_01, "13800001235", HOUSE)
    assert len(vault.accesses(db, person)) == 2
    assert len(ledger.about(db, person, "vault.matched")) == 2


def test_a_ciphertext_that_was_moved_does_not_open(db: Session, person: SubjectId) -> None:
    other = newcomer(db)
    vault.keep(db, phone_of(other, "13900005678"))
    theirs = db.scalars(sa.select(VaultHolding.sealed).where(VaultHolding.subject == other)).one()
    mine = sa.update(VaultHolding).where(VaultHolding.subject == person)
    db.execute(mine.values(sealed=theirs))
    with pytest.raises(NotAuthentic):
        vault.reveal(db, person, [Item.DI_01], HOUSE)


def test_a_ciphertext_does_not_open_as_another_item_of_the_same_key(
    db: Session, person: SubjectId
) -> None:
    mine = sa.update(VaultHolding).where(VaultHolding.subject == person)
    db.execute(mine.values(item=Item.DI_06.value))
    with pytest.raises(NotAuthentic):
        vault.masked(db, person, [Item.DI_06])


def test_a_wrapped_key_that_was_moved_does_not_open(db: Session, person: SubjectId) -> None:
    other = newcomer(db)
    vault.keep(db, phone_of(other, "13900005678"))
    theirs = db.scalars(sa.select(DataKey.wrapped).where(DataKey.subject == other)).one()
    db.execute(sa.update(DataKey).where(DataKey.subject == person).values(wrapped=theirs))
    db.info.clear()  # as another unit of work meets it
    with pytest.raises(NotAuthentic):
        vault.reveal(db, person, [Item.DI_01], HOUSE)


def test_a_shredded_person_cannot_be_revealed(db: Session, person: SubjectId) -> None:
    paper = vault.keep_document(db, photo_of(person))
    destroyed = vault.shred(db, person)
    with pytest.raises(NotHeld):
        vault.reveal(db, person, [Item.DI_01], HOUSE)
    with pytest.raises(NotHeld):
        vault.view_document(db, paper, REVIEWER)
    assert count(db, DataKey) == 0
    assert sorted(db.scalars(sa.select(DestroyedKey.id))) == sorted(destroyed)
    told = [entry.facts["key"] for entry in ledger.about(db, person, "vault.shredded")]
    assert sorted(map(str, told)) == sorted(destroyed)


def test_rows_restored_from_a_backup_do_not_open_after_shredding(
    db: Session, person: SubjectId
) -> None:
    row = db.scalars(sa.select(VaultHolding)).one()
    backup = {column.name: getattr(row, column.name) for column in VaultHolding.__table__.columns}
    vault.shred(db, person)
    with pytest.raises(sa.exc.IntegrityError), db.begin_nested():
        db.execute(sa.insert(VaultHolding).values(backup))
    fresh = keys.key_for(db, person, "account").id
    db.execute(sa.insert(VaultHolding).values({**backup, "key": fresh}))
    with pytest.raises(NotAuthentic):
        vault.reveal(db, person, [Item.DI_01], HOUSE)


def test_two_units_that_keep_at_once_share_one_key(house: House) -> None:
    subject = SubjectId("0" * 25 + "X")

    def keep_other() -> None:
        with house.store.begin() as db:
            vault.keep(db, phone_of(subject, "13900005678"))

    with house.store.begin() as db:
        grounds.become_party(db, subject)
    other = threading.Thread(target=keep_other)
    with house.store.begin() as db:
        vault.keep(db, phone_of(subject))
        other.start()
        other.join(0.3)  # it waits for this unit: on the writer's lock, or on the index
        assert other.is_alive()
    other.join()
    with house.store.begin() as db:
        assert count(db, DataKey) == count(db, VaultHolding) == count(db, BlindIndex) == 1
        assert vault.find(db, Item.DI_01, "13900005678") == subject


def test_index_rows_die_with_the_key(db: Session, person: SubjectId) -> None:
    vault.shred(db, person)
    assert count(db, BlindIndex) == count(db, VaultHolding) == 0
    assert vault.find(db, Item.DI_01, PHONE) is None


def test_shredding_one_class_leaves_other_classes_and_other_people(
    db: Session, person: SubjectId
) -> None:
    other = newcomer(db)
    vault.keep(db, phone_of(other, "13900005678"))
    vault.keep(db, nick_of(person))
    assert len(vault.shred(db, person, "profile")) == 1
    assert vault.reveal(db, person, [Item.DI_01], HOUSE)
    assert vault.reveal(db, other, [Item.DI_01], HOUSE)
    with pytest.raises(NotHeld):
        vault.reveal(db, person, [Item.DI_05], replace(HOUSE, purpose=Purpose.P1b))


def test_shredding_twice_is_safe(db: Session, person: SubjectId) -> None:
    assert vault.shred(db, person)
    assert vault.shred(db, person) == []


def test_a_class_that_was_shredded_gets_a_fresh_key(db: Session, person: SubjectId) -> None:
    vault.shred(db, person)
    vault.keep(db, phone_of(person))
    assert plain(vault.reveal(db, person, [Item.DI_01], HOUSE)[Item.DI_01]) == PHONE
    assert count(db, DataKey) == count(db, DestroyedKey) == 1


def test_a_forgotten_item_goes_with_its_index_and_a_key_that_seals_nothing(
    db: Session, person: SubjectId
) -> None:
    vault.keep(db, nick_of(person))
    assert vault.forget(db, person, [Item.DI_01]) == 1
    assert vault.find(db, Item.DI_01, PHONE) is None
    assert [held.item for held in vault.holdings(db, person)] == [Item.DI_05]
    live = sa.select(DataKey.retention_class)
    assert list(db.scalars(live)) == ["profile"]
    (entry,) = ledger.about(db, person, "vault.forgotten")
    assert entry.facts["item"] == "DI-01"


def test_forgetting_spares_a_key_that_still_seals_something(db: Session) -> None:
    subject = newcomer(db)
    vault.keep(db, name_of(subject))
    number = replace(name_of(subject, NUMBER), item=Item.DI_14)
    vault.keep(db, number)
    vault.forget(db, subject, [Item.DI_13])
    reader = replace(REVIEWER, basis=Basis.SEPARATE_CONSENT)
    cleared(db, reader, {subject: [Item.DI_14]})
    assert plain(vault.reveal(db, subject, [Item.DI_14], reader)[Item.DI_14]) == NUMBER


def test_a_document_opens_for_a_witnessed_reader(db: Session, person: SubjectId) -> None:
    paper = vault.keep_document(db, photo_of(person))
    cleared(db, REVIEWER, {person: [Item.DI_16]})
    media_type, content = vault.view_document(db, paper, REVIEWER)
    assert (media_type, plain(content)) == ("image/png", PHOTO)
    assert len(ledger.about(db, person, "vault.viewed")) == 1
    (held,) = vault.documents(db, person)
    assert (held.id, held.item, held.byte_size) == (paper, Item.DI_16, len(PHOTO))


def test_a_document_does_not_open_for_another_purpose(db: Session, person: SubjectId) -> None:
    paper = vault.keep_document(db, photo_of(person))
    with pytest.raises(NotAllowed):
        vault.view_document(db, paper, replace(REVIEWER, purpose=Purpose.P3))


def test_a_documents_content_goes_when_the_deletion_is_committed(house: House) -> None:
    with house.store.begin() as db:
        subject = newcomer(db)
        vault.keep_document(db, photo_of(subject))
        name = db.scalars(sa.select(SealedDocument.object_name)).one()
    with house.store.begin() as db:
        vault.forget(db, subject, [Item.DI_16])
        db.rollback()
    assert house.objects.get(name)
    with house.store.begin() as db:
        assert vault.forget(db, subject, [Item.DI_16]) == 1
    with pytest.raises(ObjectAbsent):
        house.objects.get(name)


def test_a_document_kept_in_a_unit_that_failed_leaves_no_object(
    tmp_path: Path, database: str
) -> None:
    with open_house(database) as house:
        house.store.objects = folder(tmp_path / "objects")
        with pytest.raises(ZeroDivisionError), house.store.begin() as db:
            vault.keep_document(db, photo_of(newcomer(db)))
            raise ZeroDivisionError
    assert not [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]


def test_the_sweep_takes_orphans_and_spares_documents(house: House) -> None:
    orphan = "vault/" + "0" * 25 + "Z"
    house.objects.put(orphan, b"left by a killed process")
    house.clock.forward(days=-365)
    with house.store.begin() as db:
        vault.keep_document(db, photo_of(newcomer(db)))
        assert documents.sweep_orphans(db) == 0
    house.clock.forward(days=365 * 30)
    with house.store.begin() as db:
        assert documents.sweep_orphans(db) == 1
        name = db.scalars(sa.select(SealedDocument.object_name)).one()
    assert house.objects.get(name)
    with pytest.raises(ObjectAbsent):
        house.objects.get(orphan)


def test_a_change_of_suite_leaves_old_values_readable_and_findable(house: House) -> None:
    with house.store.begin() as db:
        old, new = newcomer(db), newcomer(db)
        vault.keep(db, phone_of(old))
        vault.keep(db, nick_of(old))
        paper = vault.keep_document(db, photo_of(old))
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        vault.keep(db, phone_of(new, "13900005678"))
        assert vault.find(db, Item.DI_01, PHONE) == old
        assert vault.find(db, Item.DI_01, "13900005678") == new
        assert plain(vault.reveal(db, old, [Item.DI_01], HOUSE)[Item.DI_01]) == PHONE
        assert plain(vault.reveal(db, new, [Item.DI_01], HOUSE)[Item.DI_01]) == "13900005678"
        cleared(db, REVIEWER, {old: [Item.DI_16]})
        assert plain(vault.view_document(db, paper, REVIEWER)[1]) == PHOTO
        vault.keep(db, phone_of(old))
        suites = sa.select(DataKey.suite).where(DataKey.subject == old)
        assert sorted(db.scalars(suites)) == ["aes-256-gcm"] * 3 + ["sm4-gcm"]
        assert len(vault.shred(db, old)) == 4


def test_no_kept_value_occurs_in_any_file(tmp_path: Path, sqlite_template: Path) -> None:
    path, objects = tmp_path / "raw.db", tmp_path / "objects"
    path.write_bytes(sqlite_template.read_bytes())
    with open_house(f"sqlite:///{path}") as house:
        house.store.objects = folder(objects)
        with house.store.begin() as db:
            subject = newcomer(db)
            vault.keep(db, phone_of(subject))
            vault.keep(db, name_of(subject))
            vault.keep(db, replace(name_of(subject, NUMBER), item=Item.DI_14))
            vault.keep(db, nick_of(subject))
            vault.keep_document(db, photo_of(subject))
            vault.reveal(db, subject, [Item.DI_01], HOUSE)
        # Read while the store is open: the write-ahead log is there to be searched.
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert {".db-wal", ".db"} <= {file.suffix for file in files}
        assert any(objects in file.parents for file in files)
        stored = b"".join(str(file).encode() + file.read_bytes() for file in files)
    assert subject.encode() in stored
    for canary in (PHONE, NAME, NUMBER, NUMBER.lower(), NICK):
        spellings = (canary.encode(), canary.encode("utf-16-le"), json.dumps(canary).encode())
        assert not [spelling for spelling in spellings if spelling in stored]
    assert PHOTO[:32] not in stored


def test_the_person_gets_a_copy_of_everything(db: Session, person: SubjectId) -> None:
    vault.keep(db, nick_of(person))
    paper = vault.keep_document(db, photo_of(person))
    other = newcomer(db)
    vault.keep(db, phone_of(other, "13900005678"))
    told = json.dumps(holder.export(db, person), ensure_ascii=False)
    assert all(part in told for part in (PHONE, NICK, paper))
    assert "13900005678" not in told
    assert len(ledger.about(db, person, "vault.revealed")) == 1


def test_the_copy_of_a_stranger_is_empty(db: Session) -> None:
    copy = holder.export(db, newcomer(db))
    assert copy == {"holdings": [], "documents": [], "accesses": []}


@pytest.fixture
def room() -> Holder:
    return holder


def test_erasing_leaves_keys_without_bytes_and_the_log_of_looks(
    db: Session, person: SubjectId, room: Holder
) -> None:
    vault.reveal(db, person, [Item.DI_01], HOUSE)
    grounds.switch(db, person, Purpose.P5, on=False)
    assert room.erase(db, person) == 1
    assert room.erase(db, person) == 0
    assert len(vault.accesses(db, person)) == 1
    assert grounds.switched_off(db, person) == set()


def test_looks_are_kept_three_years(house: House) -> None:
    with house.store.begin() as db:
        subject = newcomer(db)
        vault.keep(db, phone_of(subject))
        vault.reveal(db, subject, [Item.DI_01], HOUSE)
    house.clock.forward(days=3 * 366)
    with house.store.begin() as db:
        assert looks.expire(db) == 0
        house.clock.forward(days=1)
        assert looks.expire(db) == 1
        assert vault.accesses(db, subject) == []
