"""Custody in every order of keeping, holding, erasing, releasing and waiting, against a model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs import service as bells
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import holds, jobs, moves, queries
from shouyue.privacy.custody import service as custody
from shouyue.privacy.custody.errors import NoWarrant
from shouyue.privacy.custody.rules import months_after
from shouyue.privacy.custody.types import GroundKind, NewHold
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import InCustody
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.keys.types import Need, Warrant
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SELF, Keep, Reader
from tests.holding import CASE, LI, WANG, read_in_custody
from tests.house import FakeRoot, House, plain
from tests.intruder import unguarded

PEOPLE = [SubjectId(f"{number:025d}P") for number in range(2)]
DUTY, YES = Basis.LEGAL_DUTY, Basis.SEPARATE_CONSENT
# DI-13 and DI-14 share a key; the phone has one of its own, and no statute keeps it.
WAYS = {
    Item.DI_01: (Purpose.P1, (Basis.CONTRACT_SELF,)),
    Item.DI_13: (Purpose.P2, (DUTY, YES)),
    Item.DI_14: (Purpose.P2, (DUTY, YES)),
}
people, items = st.sampled_from(PEOPLE), st.sampled_from(list(WAYS))


@dataclass
class Away:
    """A value in custody as the model knows it."""

    who: SubjectId
    item: Item
    value: str
    grounds: dict[str, datetime]


@dataclass
class Held:
    """An open hold."""

    id: str
    who: SubjectId
    items: tuple[Item, ...]
    until: datetime

    def covers(self, who: SubjectId, item: Item) -> bool:
        return self.who == who and (not self.items or item in self.items)


class Histories(RuleBasedStateMachine):
    """Each rule is one act; between two acts each value is where the model says, only there."""

    def __init__(self, house: House) -> None:
        super().__init__()
        with house.store.begin() as db:
            unguarded(db)
            for table in reversed(Table.metadata.sorted_tables):
                db.execute(sa.delete(table))
        house.root = FakeRoot(house.dice)
        house.keys = house.store.keys = KeyRing(house.root, house.dice)
        self.house = house
        self.live: dict[tuple[SubjectId, Item], tuple[str, Basis]] = {}
        self.away: list[Away] = []
        self.holds: list[Held] = []
        self.count = 0
        self.kept_at: dict[tuple[SubjectId, Item], datetime] = {}
        self.certified: datetime | None = None

    def act(self, deed: Callable[[Session], Any]) -> Any:
        with self.house.store.begin() as db:
            return deed(db)

    @rule(person=people, item=items, which=st.booleans())
    def keep(self, person: SubjectId, item: Item, *, which: bool) -> None:
        self.count += 1
        purpose, bases = WAYS[item]
        basis = bases[which % len(bases)]
        value = f"1380000{self.count:04d}" if item is Item.DI_01 else f"value-{self.count}"
        if self.live.get((person, item), ("", basis))[1].agreed and not basis.agreed:
            return  # a yes is never traded away while the item is held (INV-04)
        self.act(lambda db: grounds.become_party(db, person))
        self.house.clock.forward(seconds=1)
        new = Keep(person, item, value, purpose, basis, "portal")
        self.act(lambda db: custody.keep(db, new, self.certified))
        self._replaced(person, item)
        self.live[person, item] = value, basis
        self.kept_at[person, item] = self.house.clock()

    def _replaced(self, person: SubjectId, item: Item) -> None:
        value, basis = self.live.get((person, item), ("", DUTY))
        if not value:
            return
        kept_by = {one.id: one.until for one in self.holds if one.covers(person, item)}
        served = self.certified is not None and self.kept_at[person, item] <= self.certified
        if served and basis is DUTY and item is not Item.DI_01:
            kept_by["OTM-31"] = months_after(self.house.clock(), 36)
        if kept_by:
            self.away.append(Away(person, item, value, kept_by))

    @rule()
    def certify(self) -> None:
        """What is held from now back has served; what comes next has not yet."""
        self.certified = self.house.clock()
        self.house.clock.forward(seconds=1)

    @rule(person=people, chosen=st.sets(items), days=st.integers(1, 90))
    def hold(self, person: SubjectId, chosen: set[Item], days: int) -> None:
        if not any(who == person for who, _ in self.live) and not any(
            one.who == person for one in self.away
        ):
            return
        covered, until = tuple(sorted(chosen)), self.house.clock() + timedelta(days=days)
        new = NewHold(person, GroundKind.HOLD, CASE, covered, until)
        made = self.act(lambda db: holds.ask(db, new, LI))
        self.act(lambda db: holds.confirm(db, made, WANG))
        held = Held(made, person, covered, until)
        self.holds.append(held)
        for one in self.away:
            if held.covers(one.who, one.item):
                one.grounds[made] = until

    @rule(pick=st.integers(0, 9))
    def release(self, pick: int) -> None:
        if not self.holds:
            return
        held = self.holds.pop(pick % len(self.holds))
        self.act(lambda db: holds.release(db, held.id, LI))
        kept_by_it = [one for one in self.away if held.id in one.grounds]
        for one in kept_by_it:
            del one.grounds[held.id]
            if not any(until > self.house.clock() for until in one.grounds.values()):
                self.away.remove(one)

    @rule(person=people, chosen=st.sets(items, min_size=1), leaving=st.booleans())
    def erase(self, person: SubjectId, chosen: set[Item], *, leaving: bool) -> None:
        if leaving:
            ended = self.certified
            self.act(lambda db: custody.erase(db, person, event=Anchor.EXIT, certified=ended))
            chosen = set(WAYS)
        else:
            self.act(lambda db: custody.erase(db, person, chosen))
        for item in sorted(chosen):
            self._goes(person, item, leaving=leaving)

    def _goes(self, person: SubjectId, item: Item, *, leaving: bool) -> None:
        value, basis = self.live.pop((person, item), ("", DUTY))
        if not value:
            return
        grounds = {one.id: one.until for one in self.holds if one.covers(person, item)}
        served = self.certified is None or self.kept_at[person, item] <= self.certified
        if leaving and served and basis is DUTY and item is not Item.DI_01:
            grounds["OTM-31"] = months_after(self.house.clock(), 36)
        if grounds:
            self.away.append(Away(person, item, value, grounds))

    @rule(days=st.sampled_from([1, 30, 90, 600]))
    def wait(self, days: int) -> None:
        self.house.clock.forward(days=days)
        self.act(lambda db: bells.enqueue(db, jobs.SWEEP))
        Worker(self.house.store, jobs.ANSWERS).run_once()
        now = self.house.clock()
        over = {one.id for one in self.holds if one.until <= now}
        self.holds = [one for one in self.holds if one.id not in over]
        for one in self.away:
            one.grounds = {ref: end for ref, end in one.grounds.items() if ref not in over}
        self.away = [one for one in self.away if any(end > now for end in one.grounds.values())]

    @rule(suite=st.sampled_from(list(Suite)))
    def change_the_suite(self, suite: Suite) -> None:
        self.house.keys.suite = suite
        self.act(resealing.begin)
        self.act(lambda db: bells.enqueue(db, jobs.RESEAL))
        answers = {**jobs.ANSWERS, **resealing.ANSWERS}
        Worker(self.house.store, answers).run_once()
        self.house.clock.forward(minutes=5)
        Worker(self.house.store, answers).run_once()

    @invariant()
    def what_is_live_opens_and_nothing_else_does(self) -> None:
        with self.house.store.begin() as db:
            for person in PEOPLE:
                found = {one.item for one in vault.holdings(db, person)}
                assert found == {item for who, item in self.live if who == person}
                reader = Reader(person, SELF, Purpose.P13, Basis.LEGAL_DUTY)
                opened = vault.reveal(db, person, sorted(found), reader) if found else {}
                for item, value in opened.items():
                    assert plain(value) == self.live[person, item][0]
            db.rollback()

    @invariant()
    def what_is_kept_opens_by_its_grounds_alone(self) -> None:
        with self.house.store.begin() as db:
            rows = [row for person in PEOPLE for row in queries.values(db, person)]
            found = []
            for row in rows:
                with pytest.raises(InCustody):
                    keys.unseal(db, row.key, moves.place(row), moves.content(db, row))
                kept = queries.kept(db, row)
                grounds = {one.ref: one.until for one in kept.grounds}
                with pytest.raises(NoWarrant):
                    read_in_custody(db, row.id, Warrant(Need.ERASE, "ECL-31"))
                good = max(grounds, key=grounds.__getitem__)
                opened = read_in_custody(db, row.id, Warrant(Need.AUTHORITY, good))
                value = plain(opened.content).decode()
                found.append((kept.subject, kept.item.value, value, tuple(sorted(grounds))))
            assert sorted(found) == sorted(
                (one.who, one.item.value, one.value, tuple(sorted(one.grounds)))
                for one in self.away
            )
            db.rollback()

    @invariant()
    def no_key_outlives_what_it_sealed_in_custody(self) -> None:
        with self.house.store.read() as db:
            resting = {row.key for person in PEOPLE for row in queries.values(db, person)}
            chamber = set(db.scalars(sa.select(DataKey.id).where(DataKey.custody.is_(True))))
            assert chamber == resting


def test_every_history_keeps_what_law_keeps_for_as_long_as_it_does(house: House) -> None:
    machine: Any = lambda: Histories(house)  # noqa: E731 - any maker of a machine will do
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
