"""5.1.1: values are sealed under each person's own keys; a change shows; a lost key is the end."""

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import destructions, jobs, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import InCustody, SamePerson
from shouyue.privacy.keys.tables import DataKey, DestroyedKey
from shouyue.privacy.keys.types import Doomed, Place
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import House, plain
from tests.people import newcomer

pytestmark = pytest.mark.clause("5.1.1")
READER = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
PHONE, OTHER = "13800001234", "13900005678"


def keep(db: Session, phone: str = PHONE) -> SubjectId:
    subject = newcomer(db)
    vault.keep(db, Keep(subject, Item.DI_01, phone, Purpose.P1, Basis.CONTRACT_SELF, "portal"))
    return subject


def row(db: Session, subject: SubjectId) -> VaultHolding:
    return db.scalars(sa.select(VaultHolding).where(VaultHolding.subject == subject)).one()


def test_two_people_share_no_key_and_no_ciphertext(db: Session) -> None:
    one, other = row(db, keep(db)), row(db, keep(db, OTHER))
    assert one.key != other.key
    assert one.sealed != other.sealed
    assert PHONE.encode() not in one.sealed


def test_a_changed_byte_is_noticed(db: Session) -> None:
    subject = keep(db)
    held = row(db, subject)
    held.sealed = held.sealed[:-1] + bytes([held.sealed[-1] ^ 1])
    db.flush()
    with pytest.raises(NotAuthentic):
        vault.reveal(db, subject, [Item.DI_01], READER)


def test_a_value_moved_to_another_person_does_not_open(db: Session) -> None:
    one, other = keep(db), keep(db, OTHER)
    row(db, other).sealed = row(db, one).sealed
    db.flush()
    with pytest.raises(NotAuthentic):
        vault.reveal(db, other, [Item.DI_01], READER)


def test_what_a_destroyed_key_sealed_is_gone_and_others_stay(db: Session) -> None:
    one, other = keep(db), keep(db, OTHER)
    ciphertext = row(db, one).sealed
    (gone,) = vault.shred(db, one)
    assert db.get(DataKey, gone) is None
    assert db.get_one(DestroyedKey, gone).at == db.clock()
    assert ciphertext not in {held.sealed for held in db.scalars(sa.select(VaultHolding))}
    assert vault.reveal(db, other, [Item.DI_01], READER)


def test_keys_are_one_for_each_person_and_retention_class(db: Session) -> None:
    subject = keep(db)
    nick = Keep(subject, Item.DI_05, "nick", Purpose.P1b, Basis.CONSENT, "portal")
    vault.keep(db, nick)
    keep(db, OTHER)
    owners = [(key.subject, key.retention_class) for key in db.scalars(sa.select(DataKey))]
    assert len(owners) == len(set(owners)) == 3


@pytest.mark.parametrize("suite", list(Suite))
def test_either_suite_seals_names_itself_and_moves_to_the_other(house: House, suite: Suite) -> None:
    house.keys.suite = suite
    with house.store.begin() as db:
        subject = keep(db)
        assert row(db, subject).sealed[1] == suite.code
    house.keys.suite = next(other for other in Suite if other is not suite)
    with house.store.begin() as db:
        for key in keys.live(db, subject):
            resealing.move(db, key)
        assert row(db, subject).sealed[1] == house.keys.suite.code
        assert vault.find(db, Item.DI_01, PHONE) == subject
        assert plain(vault.reveal(db, subject, [Item.DI_01], READER)[Item.DI_01]) == PHONE


def test_a_root_is_renewed_while_everything_stays_readable(house: House) -> None:
    with house.store.begin() as db:
        subject = keep(db)
        roots.rotate(db)
        assert vault.reveal(db, subject, [Item.DI_01], READER)
    Worker(house.store, jobs.ANSWERS).run_once()
    with house.store.begin() as db:
        assert {key.root for key in db.scalars(sa.select(DataKey))} == {"live.2"}
        assert vault.reveal(db, subject, [Item.DI_01], READER)


def test_what_is_in_custody_is_out_of_reach_of_an_ordinary_read(db: Session) -> None:
    subject = SubjectId("0" * 25 + "A")
    place = Place("holding", "row-1", subject, "DI-01")
    key = keys.key_for(db, subject, "account", custody=True)
    sealed = keys.seal(db, key, place, PHONE.encode())
    with pytest.raises(InCustody):
        keys.unseal(db, key.id, place, sealed)


def test_without_its_root_a_stolen_database_is_noise(house: House) -> None:
    with house.store.begin() as db:
        subject = keep(db)
    house.root.held[Chamber.LIVE] = {1: b"x" * 32}
    with house.store.begin() as db, pytest.raises(NotAuthentic):
        vault.reveal(db, subject, [Item.DI_01], READER)


def test_keys_of_many_are_destroyed_by_two_people_alone(db: Session) -> None:
    one = "0" * 25 + "1"
    request = destructions.ask(db, Doomed.CLASS, "profile", one)
    with pytest.raises(SamePerson):
        destructions.approve(db, request, one)
