"""Keys of many go only by the will of two, and what still is needed stays."""

import pytest
import sqlalchemy as sa

from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.custody import jobs as custody
from shouyue.privacy.keys import certificates, destructions, jobs, opening, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import (
    AlreadyAsked,
    NoSuchDestruction,
    RootNeeded,
    SamePerson,
    UnknownTarget,
)
from shouyue.privacy.keys.types import Cause, Doomed, Stage
from shouyue.privacy.ledger.tables import LedgerLeaf
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import BlindIndex, VaultHolding
from shouyue.privacy.vault.types import Keep
from tests.house import MONDAY, House
from tests.people import newcomer

ANN, BEN = "0" * 25 + "A", "0" * 25 + "B"  # two members of staff


def fill(house: House, people: int) -> list[SubjectId]:
    subjects = []
    with house.store.begin() as db:
        for number in range(people):
            who = newcomer(db)
            phone = f"1380000{number:04d}"
            vault.keep(db, Keep(who, Item.DI_01, phone, Purpose.P1, Basis.CONTRACT_SELF, "portal"))
            vault.keep(db, Keep(who, Item.DI_05, "nick", Purpose.P1b, Basis.CONSENT, "portal"))
            subjects.append(who)
    return subjects


def ask(house: House, doomed: Doomed, target: str) -> str:
    with house.store.begin() as db:
        return destructions.ask(db, doomed, target, ANN)


def approve(house: House, request: str, staff_id: str = BEN) -> None:
    with house.store.begin() as db:
        destructions.approve(db, request, staff_id)


def work(house: House) -> None:
    Worker(house.store, {**jobs.ANSWERS, **custody.ANSWERS}).run_once()


def stage(house: House) -> Stage:
    with house.store.read() as db:
        return destructions.listed(db)[0].stage


def test_a_class_ends_when_another_approves(house: House) -> None:
    people = fill(house, 25)  # more than a batch
    request = ask(house, Doomed.CLASS, "profile")
    work(house)
    with house.store.begin() as db:
        assert len(keys.live(db, people[0])) == 2  # asked for is not done
    approve(house, request)
    work(house)
    assert stage(house) is Stage.DONE
    with house.store.begin() as db:
        assert set(db.scalars(sa.select(VaultHolding.item))) == {"DI-01"}
        assert db.scalar(sa.select(sa.func.count()).select_from(BlindIndex)) == 25
        gone = certificates.since(db, MONDAY)
        assert {(stone.retention_class, stone.cause) for stone in gone} == {
            ("profile", Cause.RETIRED)
        }
        assert len(gone) == 25
        kinds = db.scalars(sa.select(LedgerLeaf.kind)).all()
        for kind in ("asked", "approved", "done"):
            assert f"keys.destruction-{kind}" in kinds


def test_nobody_approves_alone(house: House) -> None:
    request = ask(house, Doomed.CLASS, "profile")
    with pytest.raises(SamePerson):
        approve(house, request, ANN)
    assert stage(house) is Stage.ASKED


def test_a_request_is_answered_once(house: House) -> None:
    request = ask(house, Doomed.CLASS, "profile")
    with pytest.raises(AlreadyAsked):
        ask(house, Doomed.CLASS, "profile")
    with house.store.begin() as db:
        destructions.drop(db, request, ANN)
    with pytest.raises(NoSuchDestruction):
        approve(house, request)
    assert stage(house) is Stage.DROPPED
    approve(house, ask(house, Doomed.CLASS, "profile"))


def test_what_is_kept_after_the_approval_stays(house: House) -> None:
    fill(house, 1)
    approve(house, ask(house, Doomed.CLASS, "profile"))
    house.clock.forward(seconds=1)
    with house.store.begin() as db:
        late = newcomer(db)
        vault.keep(db, Keep(late, Item.DI_05, "nick", Purpose.P1b, Basis.CONSENT, "portal"))
    work(house)
    with house.store.begin() as db:
        nicks = sa.select(VaultHolding.subject).where(VaultHolding.item == "DI-05")
        assert db.scalars(nicks).all() == [late]


def test_what_is_in_custody_outlives_its_class(house: House) -> None:
    (who,) = fill(house, 1)
    with house.store.begin() as db:
        kept = keys.key_for(db, who, "profile", custody=True)
    approve(house, ask(house, Doomed.CLASS, "profile"))
    work(house)
    with house.store.begin() as db:
        assert kept in keys.live(db, who, "profile")


@pytest.mark.parametrize(
    ("doomed", "target"), [(Doomed.CLASS, "no-such-class"), (Doomed.ROOT, "live.9")]
)
def test_only_what_there_is_can_be_doomed(house: House, doomed: Doomed, target: str) -> None:
    with pytest.raises(UnknownTarget):
        ask(house, doomed, target)


def test_a_root_goes_from_the_keeper_too(house: House) -> None:
    fill(house, 3)
    with house.store.begin() as db:
        roots.rotate(db)
    with pytest.raises(RootNeeded):
        ask(house, Doomed.ROOT, "live.1")
    work(house)
    approve(house, ask(house, Doomed.ROOT, "live.1"))
    house.root.down = True
    work(house)  # the keeper is silent: no key points there any more, and the job comes again
    assert stage(house) is Stage.APPROVED
    house.root.down = False
    house.clock.forward(minutes=5)
    work(house)
    assert stage(house) is Stage.DONE
    assert list(house.root.held[Chamber.LIVE]) == [2]


def test_a_root_on_which_a_key_rests_again_is_kept(house: House) -> None:
    """A process that has not learned of the new root wraps under the old one meanwhile."""
    old = dict(house.root.held[Chamber.LIVE])
    with house.store.begin() as db:
        opening.greet(db)
        roots.rotate(db)
    new, request = house.root.held[Chamber.LIVE], ask(house, Doomed.ROOT, "live.1")
    house.root.held[Chamber.LIVE] = old
    fill(house, 1)
    house.root.held[Chamber.LIVE] = new
    approve(house, request)
    # Before the keys have followed: the worker meets the destruction first.
    only = destructions.JOBS[Doomed.ROOT]
    Worker(house.store, {only: jobs.ANSWERS[only]}).run_once()
    assert stage(house) is Stage.REFUSED
    assert list(house.root.held[Chamber.LIVE]) == [1, 2]
