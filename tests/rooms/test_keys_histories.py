"""Keys under every order of keeping, erasing, rotating and resealing, against a model."""

from collections.abc import Callable
from functools import partial
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shouyue.ground.hazmat.errors import KeyUnavailable, NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.jobs.service import Worker
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import certificates, jobs, roots
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.errors import KeyDestroyed
from shouyue.privacy.keys.tables import DataKey
from shouyue.privacy.keys.types import Place
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import resealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import SELF, Keep, Reader
from tests.house import MONDAY, FakeRoot, House, plain
from tests.intruder import unguarded

WAYS = {
    Item.DI_01: (Purpose.P1, Basis.CONTRACT_SELF),
    Item.DI_05: (Purpose.P1b, Basis.CONSENT),
}
PEOPLE = [SubjectId(f"{number:025d}P") for number in range(4)]
people, items = st.sampled_from(PEOPLE), st.sampled_from(list(WAYS))


class Histories(RuleBasedStateMachine):
    """Each rule is one act; between two acts everything kept opens and nothing erased does."""

    def __init__(self, house: House) -> None:
        super().__init__()
        with house.store.begin() as db:
            unguarded(db)
            for table in reversed(Table.metadata.sorted_tables):
                db.execute(sa.delete(table))
        house.root = FakeRoot(house.dice)
        house.keys = house.store.keys = KeyRing(house.root, house.dice)
        self.house = house
        self.held: dict[tuple[SubjectId, Item], str] = {}
        self.seen: dict[tuple[str, Place], bytes] = {}
        self.count = 0

    def act(self, deed: Callable[[Session], object]) -> None:
        with self.house.store.begin() as db:
            deed(db)

    @rule(person=people, item=items)
    def keep(self, person: SubjectId, item: Item) -> None:
        self.count += 1
        value = f"1380000{self.count:04d}" if item is Item.DI_01 else f"nick-{self.count}"
        purpose, basis = WAYS[item]
        self.act(lambda db: grounds.become_party(db, person))
        self.act(lambda db: vault.keep(db, Keep(person, item, value, purpose, basis, "portal")))
        self.held[person, item] = value

    @rule(person=people)
    def shred(self, person: SubjectId) -> None:
        self.act(lambda db: vault.shred(db, person))
        self.held = {key: value for key, value in self.held.items() if key[0] != person}

    @rule(person=people)
    def shred_one_class(self, person: SubjectId) -> None:
        self.act(lambda db: vault.shred(db, person, "profile"))
        self.held.pop((person, Item.DI_05), None)

    @rule(person=people, item=items)
    def forget(self, person: SubjectId, item: Item) -> None:
        self.act(lambda db: vault.forget(db, person, [item]))
        self.held.pop((person, item), None)

    @rule()
    def rotate(self) -> None:
        self.act(roots.rotate)

    @rule()
    def wrap_anew(self) -> None:
        Worker(self.house.store, jobs.ANSWERS).run_once()

    @rule()
    def retire_what_is_idle(self) -> None:
        with self.house.store.read() as db:
            idle = [root.id for root in roots.status(db) if root.idle]
        for root_id in idle:
            self.act(partial(roots.retire, root_id=root_id))
            chamber, version = root_id.split(".")
            self.house.root.retire(Chamber(chamber), version)

    @rule(suite=st.sampled_from(list(Suite)))
    def change_the_suite(self, suite: Suite) -> None:
        self.house.keys.suite = suite

    @rule()
    def reseal(self) -> None:
        self.act(resealing.begin)
        worker = Worker(self.house.store, resealing.ANSWERS)
        worker.run_once()
        self.house.clock.forward(minutes=5)
        worker.run_once()

    @rule(person=people)
    def fail_to_keep_while_the_keeper_is_silent(self, person: SubjectId) -> None:
        self.house.root.down = True
        purpose, basis = WAYS[Item.DI_05]
        new = Keep(person, Item.DI_05, "never", purpose, basis, "portal")
        with pytest.raises(KeyUnavailable):
            self.act(lambda db: vault.keep(db, new))
        self.house.root.down = False

    @invariant()
    def what_is_kept_opens_and_is_found(self) -> None:
        with self.house.store.begin() as db:
            for person in PEOPLE:
                held = {item for who, item in self.held if who == person}
                assert {holding.item for holding in vault.holdings(db, person)} == held
            for (person, item), value in self.held.items():
                reader = Reader(person, SELF, Purpose.P13, Basis.LEGAL_DUTY)
                assert plain(vault.reveal(db, person, [item], reader)[item]) == value
                if item is Item.DI_01:
                    assert vault.find(db, item, value) == person
            db.rollback()

    @invariant()
    def what_is_erased_opens_for_nobody(self) -> None:
        """Every ciphertext ever stored is a backup: without its key it is noise."""
        with self.house.store.begin() as db:
            for row in db.scalars(sa.select(VaultHolding)):
                place = Place("holding", row.id, row.subject, row.item)
                self.seen[row.key, place] = row.sealed
            living = set(db.scalars(sa.select(DataKey.id)))
            gone = {stone.key for stone in certificates.since(db, MONDAY)}
            assert not living & gone
            for (key_id, place), sealed in self.seen.items():
                if key_id in living:
                    continue
                with pytest.raises(KeyDestroyed):
                    keys.unseal(db, key_id, place, sealed)
                for other in living:
                    with pytest.raises(NotAuthentic):
                        keys.unseal(db, other, place, sealed)

    @invariant()
    def every_key_rests_on_a_root_that_the_keeper_holds(self) -> None:
        with self.house.store.read() as db:
            for row in db.scalars(sa.select(DataKey)):
                version = self.house.root.name_of(row.wrapped)
                assert row.root == f"live.{version}"
                assert int(version) in self.house.root.held[Chamber.LIVE]


def test_every_history_keeps_what_is_kept_and_ends_what_is_erased(house: House) -> None:
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
