"""Roots come and go while the house is open, and no key is left behind."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.jobs.service import Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import jobs, opening, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import RootNeeded, WrongRoot
from shouyue.privacy.keys.tables import DataKey, RootVersion
from shouyue.privacy.keys.types import Cause, Need, Place, Warrant
from shouyue.privacy.ledger.tables import LedgerLeaf
from tests.house import FakeRoot, House, SeededDice

SECRET = b"canary 13800001234"
WARRANT = Warrant(Need.ERASE, "hold-1")


def person(number: int) -> SubjectId:
    return SubjectId(f"{number:026d}")


def place(subject: SubjectId) -> Place:
    return Place("holding", "row-1", subject, "DI-01")


def fill(house: House, people: int, first: int = 1000) -> dict[str, bytes]:
    """Seal something for so many people, every third in custody; return it by key."""
    held = {}
    with house.store.begin() as db:
        for number in range(first, first + people):
            who = person(number)
            key = keys.key_for(db, who, "account", custody=number % 3 == 0)
            held[key.id] = keys.seal(db, key, place(who), SECRET)
    return held


def all_open(house: House, held: dict[str, bytes]) -> bool:
    with house.store.begin() as db:
        for key_id, sealed in held.items():
            row = db.get_one(DataKey, key_id)
            at = place(SubjectId(row.subject))
            if row.custody:
                plain = keys.unseal_in_custody(db, key_id, at, sealed, WARRANT)
            else:
                plain = keys.unseal(db, key_id, at, sealed)
            if plain != SECRET:
                return False
    return True


def work(house: House) -> int:
    return Worker(house.store, jobs.ANSWERS).run_once()


def rotate(house: House) -> list[str]:
    with house.store.begin() as db:
        return roots.rotate(db)


def resting(house: House) -> dict[str, int]:
    with house.store.read() as db:
        return {root.id: root.keys for root in roots.status(db)}


def test_every_key_follows_the_newest_root_and_still_opens(house: House) -> None:
    held = fill(house, 450)  # nine batches
    assert rotate(house) == ["live.2", "custody.2"]
    assert all_open(house, held)
    work(house)
    assert resting(house) == {"custody.1": 0, "custody.2": 150, "live.1": 0, "live.2": 300}
    assert all_open(house, held)


def test_a_killed_run_goes_on_where_it_stood(house: House) -> None:
    held = fill(house, 450)
    rotate(house)
    worker = Worker(house.store, jobs.ANSWERS)
    (lease,) = worker._claim()
    house.root.down = True
    worker._do(lease)  # the keeper is silent: the batch comes back later, nothing is lost
    assert resting(house)["live.2"] == 0
    house.root.down = False
    house.clock.forward(minutes=5)
    worker.run_once()
    assert resting(house)["live.1"] == resting(house)["custody.1"] == 0
    assert all_open(house, held)


def test_a_key_that_was_destroyed_during_the_run_stays_destroyed(house: House) -> None:
    (key_id,) = fill(house, 1, first=1001)
    rotate(house)
    with house.store.begin() as db:
        batch = roots.behind(db)
        done = roots.rewrapped(db.keys, batch)
        (key,) = keys.live(db, person(1001))
        keys.destroy(db, key, Cause.ERASED)
        assert roots.settle(db, done) == 0
        assert db.get(DataKey, key_id) is None


def test_a_damaged_key_stops_nobody_elses_and_raises_an_alarm(house: House) -> None:
    held = fill(house, 9)
    bad = min(held)
    with house.store.begin() as db:
        row = db.get_one(DataKey, bad)
        row.wrapped = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
    rotate(house)
    work(house)
    with house.store.read() as db:
        assert [key.id for key in roots.behind(db)] == [bad]
        assert db.scalars(sa.select(JobRow.name)).all() == ["alarm.raised"]


def test_a_root_on_which_keys_rest_stays(house: House) -> None:
    fill(house, 3)
    with house.store.begin() as db, pytest.raises(RootNeeded):
        roots.retire(db, "live.1")
    rotate(house)
    with house.store.begin() as db, pytest.raises(RootNeeded) as refusal:
        roots.retire(db, "live.1")
    assert refusal.value.facts == {"root": "live.1", "keys": 2}


def test_a_root_on_which_nothing_rests_goes_and_never_comes_back(house: House) -> None:
    held = fill(house, 3)
    stale = dict(house.root.held[Chamber.LIVE])
    rotate(house)
    work(house)
    with house.store.begin() as db:
        leaf = roots.retire(db, "live.1")
        assert roots.retire(db, "live.1") == leaf
    house.root.retire(Chamber.LIVE, "1")
    assert all_open(house, held)
    assert "live.1" not in resting(house)
    house.root.held[Chamber.LIVE] = stale  # a process that has missed it all
    with house.store.begin() as db, pytest.raises(KeyUnavailable):
        keys.key_for(db, person(7), "account")


def test_a_key_made_while_its_root_goes_is_never_lost(house: House) -> None:
    """The database itself forbids a key whose root is gone, whoever comes second."""
    rotate(house)
    with house.store.begin() as db:
        key = keys.key_for(db, person(7), "account")
        wrapped = db.get_one(DataKey, key.id)
        wrapped.root = "live.9"
        with pytest.raises(sa.exc.IntegrityError):
            db.flush()
        db.rollback()


def test_a_root_and_a_key_that_meet_do_not_both_have_their_way(house: House) -> None:
    """A process that has missed the rotation makes a key while another lets its root go."""
    with house.store.begin() as db:
        opening.greet(db)
    old = dict(house.root.held[Chamber.LIVE])
    rotate(house)
    house.root.held[Chamber.LIVE] = old
    refused: list[Exception] = []

    def retire() -> None:
        try:
            with house.store.begin() as db:
                roots.retire(db, "live.1")
        except (RootNeeded, sa.exc.IntegrityError) as no:
            refused.append(no)

    other = threading.Thread(target=retire)
    with house.store.begin() as db:
        keys.key_for(db, person(7), "account")
        other.start()
        other.join(0.3)  # it waits: on the writer's lock, or on the row to which the key points
        assert other.is_alive()
    other.join()
    assert len(refused) == 1
    assert resting(house)["live.1"] == 1


def test_the_pepper_follows_the_newest_root_and_stays_the_same(house: House) -> None:
    with house.store.begin() as db:
        before = opening.pepper(db)
    rotate(house)
    work(house)
    assert resting(house) == {"custody.2": 0, "live.1": 0, "live.2": 1}
    with house.store.begin() as db:
        assert opening.pepper(db) == before
        assert len(before) == 32


def test_a_house_opens_on_its_own_database_alone(house: House) -> None:
    with house.store.begin() as db:
        opening.greet(db)
    with house.store.begin() as db:
        opening.greet(db)
        assert db.scalar(sa.select(sa.func.count()).select_from(RootVersion)) == 2
    house.store.keys = KeyRing(FakeRoot(SeededDice(99)), house.dice)
    with house.store.begin() as db, pytest.raises(WrongRoot):
        opening.greet(db)


def test_a_copy_of_the_database_outlives_a_root_that_nothing_in_it_rested_on(
    house: House,
) -> None:
    """A backup between a rotation and the destruction of the old root, restored after both."""
    held = fill(house, 3)
    with house.store.begin() as db:
        roots.rotate(db)
    work(house)
    for chamber in Chamber:
        house.root.retire(chamber, "1")
    with house.store.begin() as db:
        opening.greet(db)
        told = db.scalars(sa.select(LedgerLeaf.kind)).all()
    assert told.count("keys.root-destroyed") == 2
    assert resting(house).keys() == {"custody.2", "live.2"}
    assert all_open(house, held)
    with house.store.begin() as db:
        opening.greet(db)


def test_a_root_that_is_gone_and_still_needed_is_named(house: House) -> None:
    fill(house, 3)
    with house.store.begin() as db:
        roots.rotate(db)
    house.root.retire(Chamber.LIVE, "1")
    with house.store.begin() as db, pytest.raises(WrongRoot) as no:
        opening.greet(db)
    assert "live.1" in no.value.say("zh")


def test_an_older_copy_of_the_keeper_does_not_open_the_house(house: House) -> None:
    """What it lacks comes by no waiting."""
    older = {chamber: dict(held) for chamber, held in house.root.held.items()}
    with house.store.begin() as db:
        roots.rotate(db)
    house.root.held = older
    with house.store.begin() as db, pytest.raises(WrongRoot) as no:
        opening.greet(db)
    assert "custody.2" in no.value.say("en")


def test_a_rotation_that_was_killed_half_way_is_taken_up_at_the_next_start(house: House) -> None:
    held = fill(house, 3)
    house.root.rotate()  # the keeper has answered, and the process died before its commit
    with house.store.begin() as db:
        opening.greet(db)
    work(house)
    assert resting(house)["live.1"] == 0
    assert all_open(house, held)


def test_a_silent_keeper_is_told_apart_from_a_wrong_one(house: House) -> None:
    house.root.down = True
    with house.store.begin() as db, pytest.raises(KeyUnavailable):
        opening.greet(db)


def test_within_one_act_a_key_is_opened_once_and_never_after(db: Session, house: House) -> None:
    key = keys.key_for(db, person(7), "account")
    sealed = keys.seal(db, key, place(person(7)), SECRET)
    house.root.down = True
    assert keys.unseal(db, key.id, place(person(7)), sealed) == SECRET
    db.keys = house.keys.for_one_act()
    with pytest.raises(KeyUnavailable):
        keys.unseal(db, key.id, place(person(7)), sealed)


def test_the_daily_round_finds_what_was_left_behind(house: House) -> None:
    held = fill(house, 3)
    house.root.rotate()  # by hand, at the key service
    fill(house, 3, first=2000)
    worker = Worker(house.store, jobs.ANSWERS, {roots.REWRAP: timedelta(days=1)})
    worker.plan()
    worker.run_once()
    assert resting(house)["live.1"] == 0
    assert all_open(house, held)


def test_a_backup_of_everything_but_the_root_goes_blind_when_that_is_retired(
    house: House,
) -> None:
    """INV-16: rows and wrapped keys come back from the backup, and still nothing opens."""
    ((key_id, sealed),) = fill(house, 1, first=1001).items()
    with house.store.begin() as db:
        row = db.get_one(DataKey, key_id)
        backup = {column.name: getattr(row, column.name) for column in DataKey.__table__.columns}
        keys.destroy(db, keys.live(db, person(1001))[0], Cause.ERASED)
        roots.rotate(db)
    work(house)
    with house.store.begin() as db:
        roots.retire(db, "live.1")
    house.root.retire(Chamber.LIVE, "1")
    with house.store.begin() as db:
        db.execute(sa.insert(DataKey).values({**backup, "root": "live.2"}))
        with pytest.raises(KeyUnavailable):
            keys.unseal(db, key_id, place(person(1001)), sealed)


def alarms(house: House) -> list[tuple[object, object]]:
    with house.store.begin() as db:
        jobs.watch(db, Job("", "keys.watch", "", {}, 1, db.clock()))
        told = [row.args for row in db.scalars(sa.select(JobRow))]
        db.rollback()
    return sorted((args["kind"], args["about"]) for args in told if "kind" in args)


def test_a_root_that_is_not_renewed_or_not_destroyed_in_time_is_told(house: House) -> None:
    with house.store.begin() as db:
        opening.greet(db)
    house.clock.forward(days=366)
    assert alarms(house) == []
    house.clock.forward(days=1)
    assert alarms(house) == [("keys.root-old", "custody.1"), ("keys.root-old", "live.1")]
    rotate(house)
    house.clock.forward(days=31)
    assert alarms(house) == []
    house.clock.forward(days=1)
    assert alarms(house) == [("keys.root-left", "custody.1"), ("keys.root-left", "live.1")]
