"""A house changes its suite while it is open: nothing is lost, and nobody comes in twice."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.errors import Met
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import certificates
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import InCustody
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.keys.types import Cause, Need, Place, Warrant
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import BlindIndex, VaultHolding
from shouyue.privacy.vault.types import SYSTEM, Keep, KeepDocument, Reader
from tests.house import MONDAY, FakeRoot, House, StoppedClock, plain
from tests.people import newcomer

HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
CHECKER = Reader("drill", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY, case="case-9")
PHOTO = b"\x89PNG-canary-" + bytes(range(256)) * 40


def phone_of(subject: SubjectId, value: str) -> Keep:
    return Keep(subject, Item.DI_01, value, Purpose.P1, Basis.CONTRACT_SELF, "portal")


def fill(house: House, people: int) -> dict[SubjectId, str]:
    with house.store.begin() as db:
        held = {newcomer(db): f"1380000{number:04d}" for number in range(people)}
        for subject, phone in held.items():
            vault.keep(db, phone_of(subject, phone))
    return held


def work(house: House) -> None:
    """One round of moving; five minutes later, one of letting old keys go."""
    with house.store.begin() as db:
        resealing.begin(db)
    worker = Worker(house.store, resealing.ANSWERS)
    worker.run_once()
    house.clock.forward(minutes=5)
    worker.run_once()


def suites_of(db: Session) -> set[str]:
    return set(db.scalars(sa.select(DataKey.suite)))


def test_everything_moves_to_the_new_suite_and_back(house: House) -> None:
    held = fill(house, 45)  # more than two batches
    owner = next(iter(held))
    with house.store.begin() as db:
        photo = KeepDocument(
            owner, Item.DI_16, PHOTO, "image/png", Purpose.P2, Basis.SEPARATE_CONSENT, "portal"
        )
        paper = vault.keep_document(db, photo)
    digests: list[set[str]] = []
    for suite in (Suite.SM4, Suite.AES):
        house.keys.suite = suite
        work(house)
        with house.store.begin() as db:
            assert suites_of(db) == {suite.value}
            for subject, phone in held.items():
                assert vault.find(db, Item.DI_01, phone) == subject
                assert plain(vault.reveal(db, subject, [Item.DI_01], HOUSE)[Item.DI_01]) == phone
            assert plain(vault.view_document(db, paper, CHECKER)[1]) == PHOTO
            digests.append(set(db.scalars(sa.select(BlindIndex.digest))))
    assert not digests[0] & digests[1]
    with house.store.read() as db:
        gone = certificates.since(db, MONDAY)
        assert {stone.cause for stone in gone} == {Cause.RESEALED}
        assert len(gone) == 2 * 46


def test_a_killed_run_goes_on_where_it_stood(house: House) -> None:
    held = fill(house, 45)
    house.keys.suite = Suite.SM4
    worker = Worker(house.store, resealing.ANSWERS, resealing.SCHEDULE)
    worker.plan()
    (lease,) = worker._claim()
    worker._do(lease)  # one batch, and then the process is gone
    with house.store.begin() as db:
        assert suites_of(db) == {"aes-256-gcm", "sm4-gcm"}
        for subject, phone in held.items():
            assert vault.find(db, Item.DI_01, phone) == subject
            assert plain(vault.reveal(db, subject, [Item.DI_01], HOUSE)[Item.DI_01]) == phone
    work(house)
    with house.store.begin() as db:
        assert suites_of(db) == {"sm4-gcm"}


def test_a_batch_that_fails_moves_nothing(house: House) -> None:
    held = fill(house, 3)
    house.keys.suite = Suite.SM4
    house.root.down = True
    worker = Worker(house.store, resealing.ANSWERS, resealing.SCHEDULE)
    worker.plan()
    worker.run_once()
    house.root.down = False
    with house.store.begin() as db:
        assert suites_of(db) == {"aes-256-gcm"}
        for subject, phone in held.items():
            assert plain(vault.reveal(db, subject, [Item.DI_01], HOUSE)[Item.DI_01]) == phone
    house.clock.forward(minutes=5)
    worker.run_once()
    work(house)
    with house.store.begin() as db:
        assert suites_of(db) == {"sm4-gcm"}


def test_a_damaged_row_holds_nobody_elses_up_and_is_told(house: House) -> None:
    fill(house, 3)
    with house.store.begin() as db:
        row = db.scalars(sa.select(VaultHolding).order_by(VaultHolding.key)).first()
        assert row is not None
        whole, damaged, row.sealed = row.sealed, row.id, row.sealed[:-1]
    house.keys.suite = Suite.SM4
    work(house)
    with house.store.begin() as db:
        suites = dict(db.execute(sa.select(DataKey.id, DataKey.suite)).all())
        old = db.get_one(VaultHolding, damaged).key
        assert [key for key, suite in suites.items() if suite == "aes-256-gcm"] == [old]
        raised = db.scalars(sa.select(JobRow.args).where(JobRow.name == "alarm.raised")).first()
        assert raised == {"kind": "keys.seal-broken", "where": "holding", "about": damaged}
        db.get_one(VaultHolding, damaged).sealed = whole  # from a backup
    work(house)
    with house.store.begin() as db:
        assert suites_of(db) == {"sm4-gcm"}


def test_who_read_a_row_before_it_moved_still_opens_it(house: House) -> None:
    (subject,) = fill(house, 1)
    with house.store.begin() as db:
        row = db.scalars(sa.select(VaultHolding)).one()
        read = (row.key, Place("holding", row.id, subject, "DI-01"), row.sealed)
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        (old,) = keys.live(db, subject)
        assert resealing.move(db, old) == 1
        assert resealing.move(db, old) == 0
    with house.store.begin() as db:
        assert keys.unseal(db, *read) == b"13800000000"


def test_an_erased_person_leaves_no_key_of_either_suite(house: House) -> None:
    (subject,) = fill(house, 1)
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        resealing.move(db, keys.live(db, subject)[0])
        assert len(vault.shred(db, subject)) == 2
        assert keys.live(db, subject) == []
    work(house)


def test_what_is_in_custody_moves_and_stays_in_custody(house: House) -> None:
    subject, at = SubjectId("0" * 25 + "A"), Place("holding", "row-1", "0" * 25 + "A", "DI-01")
    with house.store.begin() as db:
        old = keys.key_for(db, subject, "account", custody=True)
        sealed = keys.seal(db, old, at, b"canary")
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        new = keys.key_for(db, subject, "account", custody=True)
        moved = keys.reseal(db, old, new, at, sealed)
        with pytest.raises(InCustody):
            keys.unseal(db, new.id, at, moved)
        warrant = Warrant(Need.AUTHORITY, "CSL-49")
        assert keys.unseal_in_custody(db, new.id, at, moved, warrant) == b"canary"
        with pytest.raises(InCustody):
            keys.reseal(db, new, keys.key_for(db, subject, "account"), at, moved)


@pytest.mark.parametrize("first", list(Suite))
def test_one_phone_leads_to_one_person_whatever_the_suites(house: House, first: Suite) -> None:
    house.keys.suite = first
    fill(house, 1)
    house.keys.suite = Suite.SM4 if first is Suite.AES else Suite.AES
    with house.store.begin() as db, pytest.raises(Met):
        vault.keep(db, phone_of(newcomer(db), "13800000000"))


def test_two_processes_of_different_suites_make_one_person_of_one_phone(house: House) -> None:
    """Both look, find nobody and keep; the later one is done anew, and finds the earlier."""
    came: list[SubjectId] = []
    phone = "13800000000"

    def arrive(db: Session) -> SubjectId:
        found = vault.find(db, Item.DI_01, phone)
        if found is None:
            found = newcomer(db)
            vault.keep(db, phone_of(found, phone))
        return found

    other = threading.Thread(target=lambda: came.append(house.store.do(arrive)))
    with house.store.begin() as db:
        came.append(arrive(db))
        house.keys.suite = Suite.SM4
        other.start()
        other.join(0.3)  # it waits: on the writer's lock, or for its turn at this phone
        assert other.is_alive()
    other.join()
    assert len(set(came)) == 1


class SlowRoot(FakeRoot):
    """A keeper that answers late."""

    clock: StoppedClock

    def _roots(self, chamber: Chamber) -> dict[int, bytes]:
        self.clock.forward(seconds=1)
        return super()._roots(chamber)


def test_a_slow_keeper_holds_the_writers_up_for_seconds_only(house: House) -> None:
    root = SlowRoot(house.dice)
    root.clock = house.clock
    house.keys = house.store.keys = KeyRing(root, house.dice)
    fill(house, 20)
    house.keys.suite = Suite.SM4
    with house.store.begin() as db:
        resealing.begin(db)
    worker = Worker(house.store, resealing.ANSWERS)
    (lease,) = worker._claim()
    before = house.clock()
    worker._do(lease)
    assert timedelta(seconds=5) < house.clock() - before < timedelta(seconds=15)
    work(house)
    with house.store.begin() as db:
        assert suites_of(db) == {"sm4-gcm"}
