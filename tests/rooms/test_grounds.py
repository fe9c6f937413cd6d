"""Grounds: one for each item and purpose, fixed before collection, never exchanged (INV-04)."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import holder
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.grounds.errors import GroundFixed, NoGround
from shouyue.privacy.grounds.types import End
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, KeepDocument
from tests.house import House
from tests.people import newcomer


def name(subject: SubjectId, basis: Basis, value: str = "陈知行") -> Keep:
    return Keep(subject, Item.DI_13, value, Purpose.P2, basis, "portal")


def photo(subject: SubjectId, basis: Basis) -> KeepDocument:
    return KeepDocument(subject, Item.DI_16, b"jpeg", "image/jpeg", Purpose.P2, basis, "portal")


def test_a_ground_is_fixed_once_and_its_values_may_change(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, name(subject, Basis.LEGAL_DUTY))
    vault.keep(db, name(subject, Basis.LEGAL_DUTY, "陈行知"))
    (one,) = grounds.history(db, subject)
    assert one.until is None


def test_a_yes_takes_the_place_of_a_duty_and_is_never_given_back(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, name(subject, Basis.LEGAL_DUTY))
    vault.keep(db, name(subject, Basis.SEPARATE_CONSENT))
    newest, oldest = grounds.history(db, subject)
    assert (newest.basis, newest.until) == (Basis.SEPARATE_CONSENT, None)
    assert (oldest.basis, oldest.end) == (Basis.LEGAL_DUTY, End.AGREED)
    with pytest.raises(GroundFixed):
        vault.keep(db, name(subject, Basis.LEGAL_DUTY))
    grounds.switch(db, subject, Purpose.P2, on=False)
    with pytest.raises(GroundFixed):
        vault.keep(db, name(subject, Basis.LEGAL_DUTY))


def test_a_document_has_a_ground_too(db: Session) -> None:
    subject = vault.new_subject(db)
    documents.keep_document(db, photo(subject, Basis.SEPARATE_CONSENT))
    with pytest.raises(GroundFixed):
        documents.keep_document(db, photo(subject, Basis.LEGAL_DUTY))
    vault.forget(db, subject, [Item.DI_16])
    assert documents.keep_document(db, photo(subject, Basis.LEGAL_DUTY))


def test_a_ground_ends_with_the_last_thing_that_rests_on_it(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, name(subject, Basis.SEPARATE_CONSENT))
    vault.shred(db, subject)
    (one,) = grounds.history(db, subject)
    assert one.end is End.ERASED


def test_nobody_is_party_to_a_contract_that_they_did_not_enter(db: Session) -> None:
    stranger = vault.new_subject(db)
    phone = Keep(stranger, Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "portal")
    with pytest.raises(NoGround) as refusal:
        vault.keep(db, phone)
    assert refusal.value.facts["cause"] == "no-party"
    assert vault.holdings(db, stranger) == []


def test_a_contract_that_ended_carries_nothing_new(db: Session) -> None:
    subject = newcomer(db)
    holder.erase(db, subject)
    phone = Keep(subject, Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "portal")
    with pytest.raises(NoGround):
        vault.keep(db, phone)


def test_proof_of_a_ground_goes_after_three_years(house: House) -> None:
    with house.store.begin() as db:
        subject = vault.new_subject(db)
        vault.keep(db, name(subject, Basis.LEGAL_DUTY))
        vault.forget(db, subject, [Item.DI_13])
        vault.keep(db, name(subject, Basis.LEGAL_DUTY))
    house.clock.forward(days=3 * 366 - 1)
    with house.store.begin() as db:
        assert holder.expire(db) == 0
    house.clock.forward(days=2)
    with house.store.begin() as db:
        assert holder.expire(db) == 1
        (one,) = grounds.history(db, subject)
        assert one.until is None
        assert holder.export(db, subject)["grounds"]


_BASES = st.sampled_from([Basis.LEGAL_DUTY, Basis.SEPARATE_CONSENT])


class Histories(RuleBasedStateMachine):
    """Against a model of one item: at most one live ground, and a yes is never traded away."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        with house.store.begin() as db:
            self.subject = vault.new_subject(db)
        self.held: Basis | None = None

    @rule(basis=_BASES)
    def keep(self, basis: Basis) -> None:
        refused = self.held is Basis.SEPARATE_CONSENT and basis is Basis.LEGAL_DUTY
        with self.house.store.begin() as db:
            if refused:
                with pytest.raises(GroundFixed):
                    vault.keep(db, name(self.subject, basis))
            else:
                vault.keep(db, name(self.subject, basis))
                self.held = basis

    @rule()
    def forget(self) -> None:
        with self.house.store.begin() as db:
            vault.forget(db, self.subject, [Item.DI_13])
        self.held = None

    @rule()
    def shred(self) -> None:
        with self.house.store.begin() as db:
            vault.shred(db, self.subject)
        self.held = None

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        with self.house.store.begin() as db:
            grounds.switch(db, self.subject, Purpose.P2, on=on)

    @rule()
    def time_goes_by(self) -> None:
        self.house.clock.forward(hours=1)

    @invariant()
    def one_ground_lives_and_it_is_the_values_own(self) -> None:
        with self.house.store.read() as db:
            live = [one for one in grounds.history(db, self.subject) if one.until is None]
            assert [one.basis for one in live] == ([self.held] if self.held else [])
            held = vault.holdings(db, self.subject)
            assert [one.basis for one in held] == [one.basis for one in live]
            assert all(one.since <= kept.at for one, kept in zip(live, held, strict=True))


def test_no_history_gives_an_item_two_grounds_or_trades_a_yes_away(house: House) -> None:
    machine: Any = lambda: Histories(house)  # noqa: E731 - any maker of a machine will do
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=20))
