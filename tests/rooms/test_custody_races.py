"""A hold and an erasure at the same moment: one comes first, and nothing falls between them."""

from datetime import timedelta

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import holds, jobs
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.types import GroundKind, NewHold
from shouyue.privacy.keys import service as keys
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor
from shouyue.privacy.vault import service as vault
from tests.holding import ANN, CASE, LI, WANG, YES, hold, name, number
from tests.house import House
from tests.rooms.test_races import meet

pytestmark = pytest.mark.clause("6.1.2.b")


@pytest.fixture
def asked(house: House) -> str:
    """A hold on a name that waits for its second person."""
    with house.store.begin() as db:
        name(db, basis=YES)
        until = db.clock() + timedelta(days=60)
        return holds.ask(db, NewHold(ANN, GroundKind.HOLD, CASE, (), until), LI)


def erase(db: Session) -> int:
    return len(custody.erase(db, ANN, [Item.DI_13]).kept)


def test_an_erasure_that_meets_a_hold_being_confirmed_waits_and_keeps(
    house: House, asked: str
) -> None:
    _, kept = meet(house, lambda db: holds.confirm(db, asked, WANG), erase)
    assert kept == 1
    with house.store.begin() as db:
        assert [one.grounds[0].ref for one in custody.of(db, ANN)] == [asked]
        assert vault.holdings(db, ANN) == []


def test_a_hold_that_comes_after_an_erasure_finds_nothing(house: House, asked: str) -> None:
    kept, _ = meet(house, erase, lambda db: holds.confirm(db, asked, WANG))
    assert kept == 0
    with house.store.begin() as db:
        assert custody.of(db, ANN) == []
        assert keys.live(db, ANN) == []


def test_a_sweep_that_meets_a_hold_being_confirmed_ends_nothing_that_it_covers(
    house: House,
) -> None:
    with house.store.begin() as db:
        name(db)
        until = custody.erase(db, ANN, event=Anchor.EXIT).kept[0].until
    house.clock.at = until - timedelta(days=1)
    with house.store.begin() as db:
        new = NewHold(ANN, GroundKind.HOLD, CASE, (), until + timedelta(days=30))
        made = holds.ask(db, new, LI)
    house.clock.at = until
    meet(house, lambda db: holds.confirm(db, made, WANG), lambda db: jobs.sweep(db, bell(db)))
    with house.store.begin() as db:
        (left,) = custody.of(db, ANN)
        assert made in {one.ref for one in left.grounds}


def test_two_erasures_at_once_keep_one_value_once(house: House) -> None:
    with house.store.begin() as db:
        name(db)
        number(db)
        hold(db, Item.DI_13)
    kept = meet(house, erase, erase)
    assert sorted(kept) == [0, 1]
    with house.store.begin() as db:
        assert len(custody.of(db, ANN)) == 1
        assert {one.item for one in vault.holdings(db, ANN)} == {Item.DI_14}


def test_two_releases_at_once_erase_once(house: House) -> None:
    with house.store.begin() as db:
        name(db, basis=YES)
        made = hold(db)
        custody.erase(db, ANN)

    def expire(db: Session) -> int:
        jobs.sweep(db, bell(db))
        return 0

    erased, _ = meet(house, lambda db: holds.release(db, made, LI), expire)
    assert erased == 1
    with house.store.begin() as db:
        assert custody.of(db, ANN) == []
        assert keys.live(db, ANN) == []


def bell(db: Session) -> Job:
    return Job("1", jobs.SWEEP, "", {}, 1, db.clock())
