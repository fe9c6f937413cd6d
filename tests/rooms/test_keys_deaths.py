"""The process dies at each statement of each act, or the keeper fails at each of its calls.

Afterwards all that was kept still opens, nothing stands half done, and the act, done again,
succeeds.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from shouyue.ground.hazmat.errors import KeyUnavailable
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs import service as queue
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import jobs, opening, roots
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import SYSTEM, Keep, KeepDocument, Reader
from tests.house import FakeRoot, House, plain

ANN, BEN = SubjectId("0" * 25 + "A"), SubjectId("0" * 25 + "B")
PHOTO = b"\x89PNG-canary-" + bytes(range(256))
HOUSE = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
CHECKER = Reader("drill", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY, case="case-9")


class Death(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Strikes at the so many-th step from now on; never, if it is not told to."""

    left: int = 0
    strike: Callable[[], None] = lambda: None

    def step(self) -> None:
        if self.left:
            self.left -= 1
            if not self.left:
                self.strike()


def die() -> None:
    raise Death


def fail() -> None:
    raise KeyUnavailable


FATE = Fate()


class FrailRoot(FakeRoot):
    """Lets fate step before each answer."""

    def _roots(self, chamber: Chamber) -> dict[int, bytes]:
        FATE.step()
        return super()._roots(chamber)


class Walk:
    """The acts on one house, in order, and what can be read between them."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.root = FrailRoot(house.dice)
        house.keys = house.store.keys = KeyRing(house.root, house.dice)
        self.unit(opening.greet)

    def acts(self) -> Iterator[Callable[[], None]]:
        yield lambda: self.unit(lambda db: phone(db, ANN, "13800001234"))
        yield lambda: self.unit(lambda db: phone(db, BEN, "13900005678"))
        yield lambda: self.unit(photo)
        yield lambda: self.unit(look)
        yield lambda: self.unit(roots.rotate)
        yield lambda: self.work(jobs.ANSWERS)
        yield lambda: self.unit(lambda db: roots.retire(db, "live.1"))
        self.house.keys.suite = Suite.SM4
        yield lambda: self.unit(resealing.begin)
        yield lambda: self.work(resealing.ANSWERS)  # moves
        yield lambda: self.work(resealing.ANSWERS)  # lets old keys go
        yield lambda: self.unit(lambda db: vault.shred(db, BEN))

    def unit(self, deed: Callable[[Session], object]) -> None:
        with self.house.store.begin() as db:
            deed(db)

    def work(self, answers: Mapping[str, Any]) -> None:
        """Take up what a dead worker held, once its lease is over, however often it died."""
        self.house.clock.forward(hours=2)
        while True:
            Worker(self.house.store, answers).run_once()
            with self.house.store.begin() as db:
                if not [queue.revive(db, dead.job.id) for dead in queue.dead(db)]:
                    return

    def readable(self) -> dict[str, object]:
        """Return all that opens; fails where something kept does not, or a key is astray."""
        found: dict[str, object] = {}
        with self.house.store.begin() as db:
            for who in map(SubjectId, db.scalars(sa.select(VaultHolding.subject)).all()):
                value = plain(vault.reveal(db, who, [Item.DI_01], HOUSE)[Item.DI_01])
                assert vault.find(db, Item.DI_01, value) == who
                found[who] = value
            for paper in vault.documents(db, ANN):
                found[paper.id] = plain(vault.view_document(db, paper.id, CHECKER)[1])
            for key in db.scalars(sa.select(DataKey)):
                assert key.root == f"live.{self.house.root.name_of(key.wrapped)}"
            db.rollback()
        return found


def phone(db: Session, who: SubjectId, value: str) -> None:
    grounds.become_party(db, who)
    vault.keep(db, Keep(who, Item.DI_01, value, Purpose.P1, Basis.CONTRACT_SELF, "portal"))


def photo(db: Session) -> None:
    new = KeepDocument(
        ANN, Item.DI_16, PHOTO, "image/png", Purpose.P2, Basis.SEPARATE_CONSENT, "portal"
    )
    vault.keep_document(db, new)


def look(db: Session) -> None:
    assert vault.reveal(db, ANN, [Item.DI_01], HOUSE)


@contextmanager
def at_each_statement(house: House) -> Iterator[None]:
    """Let fate step before each statement and before each commit."""

    def ask(*_: object) -> None:
        FATE.step()

    for name in ("before_cursor_execute", "commit"):
        event.listen(house.store.engine, name, ask)
    yield
    for name in ("before_cursor_execute", "commit"):
        event.remove(house.store.engine, name, ask)


def strike_everywhere(walk: Walk, strike: Callable[[], None]) -> int:
    """Do every act, struck at each of its steps, one after the other, until it passes whole."""
    strikes = 0
    for act in walk.acts():
        before, step, whole = walk.readable(), 1, False
        while not whole:
            FATE.left, FATE.strike = step, strike
            with suppress(Death, KeyUnavailable):
                act()
            whole, FATE.left = FATE.left > 0, 0
            if not whole:
                assert walk.readable() == before
                strikes, step = strikes + 1, step + 1
    return strikes


def check_the_end(walk: Walk) -> None:
    assert set(walk.readable().values()) == {"13800001234", PHOTO}
    with walk.house.store.read() as db:
        assert set(db.scalars(sa.select(DataKey.suite))) == {"sm4-gcm"}
        held = roots.status(db)
        assert [root.keys for root in held if root.newest] == [0, 2]  # custody, live
        assert sum(root.keys for root in held) == 2
        assert "live.1" not in {root.id for root in held}


def test_a_process_that_dies_at_any_statement_leaves_all_or_nothing(house: House) -> None:
    walk = Walk(house)
    with at_each_statement(house):
        assert strike_everywhere(walk, die) > 100
    check_the_end(walk)


def test_a_keeper_that_fails_at_any_call_leaves_all_or_nothing(house: House) -> None:
    walk = Walk(house)
    assert strike_everywhere(walk, fail) > 15
    check_the_end(walk)
