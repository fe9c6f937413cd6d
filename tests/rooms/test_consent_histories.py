"""Consent under every order of answers: the fold against a model, the rows against themselves."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shouyue.ground.store.columns import Table
from shouyue.ground.store.service import open_engine
from shouyue.privacy.consent import offers, rules
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import CoolingDown
from shouyue.privacy.consent.types import ConsentEvent, ConsentState, Control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import House

START = datetime(2026, 11, 23, tzinfo=UTC)
_S = ConsentState


@dataclass(frozen=True)
class Mark:
    id: str
    at: datetime
    state: ConsentState
    until: datetime | None = None


MARKS = st.builds(
    Mark,
    id=st.text("0123456789", min_size=4, max_size=4),
    at=st.integers(0, 50).map(lambda hours: START + timedelta(hours=hours)),
    state=st.sampled_from(list(_S)),
    until=st.none() | st.integers(0, 60).map(lambda hours: START + timedelta(hours=hours)),
)
HISTORIES = st.lists(MARKS, max_size=12, unique_by=lambda mark: mark.id)
LATER = START + timedelta(hours=100)


@given(HISTORIES)
def test_a_withdrawal_after_any_history_is_the_last_word(history: list[Mark]) -> None:
    last = Mark("zzzz", START + timedelta(hours=60), _S.WITHDRAWN)
    assert rules.state_of([*history, last], LATER) is _S.WITHDRAWN


@given(HISTORIES, st.randoms())
def test_the_order_in_which_events_are_read_does_not_matter(
    history: list[Mark], dice: Random
) -> None:
    mixed = list(history)
    dice.shuffle(mixed)
    assert rules.state_of(mixed, LATER) is rules.state_of(history, LATER)


@given(HISTORIES, MARKS, st.integers(0, 60))
def test_what_comes_later_never_changes_what_held_before(
    history: list[Mark], more: Mark, hours: int
) -> None:
    moment = START + timedelta(hours=hours)
    later = Mark("zzzz", moment + timedelta(microseconds=1), more.state, more.until)
    assert rules.state_of([*history, later], moment) is rules.state_of(history, moment)


@given(HISTORIES)
def test_no_yes_stands_without_a_yes(history: list[Mark]) -> None:
    without = [mark for mark in history if mark.state is not _S.GIVEN]
    assert rules.state_of(without, LATER) is not _S.GIVEN


@given(HISTORIES, st.integers(0, 200))
def test_after_a_no_nobody_is_asked_within_two_days(history: list[Mark], hours: int) -> None:
    no = Mark("zzzz", START + timedelta(hours=60), _S.REFUSED)
    at = no.at + timedelta(hours=hours)
    assert rules.may_ask([*history, no], at, by_person=False) is (hours >= 48)
    assert rules.may_ask([*history, no], at, by_person=True)


PURPOSES = (Purpose.P5, Purpose.P10)


class Histories(RuleBasedStateMachine):
    """A person with two wishes, played against the simplest model: the last answer counts."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/histories.db"
        engine = open_engine(url)
        Table.metadata.create_all(engine)
        engine.dispose()
        self.house = House(url)
        with self.house.store.begin() as db:
            self.person = vault.new_subject(db)
        self.model = dict.fromkeys(PURPOSES, _S.NONE)
        self.no_at: dict[Purpose, datetime] = {}
        self.seen: list[ConsentEvent] = []

    def teardown(self) -> None:
        self.house.store.close()
        self.folder.cleanup()

    @rule(purpose=st.sampled_from(PURPOSES))
    def says_yes(self, purpose: Purpose) -> None:
        with self.house.store.begin() as db:
            token = consents.show(db, offers.purpose("zh", purpose)).token
            consents.give(db, self.person, token, control=Control.BUTTON)
        self.model[purpose] = _S.GIVEN

    @rule(purpose=st.sampled_from(PURPOSES))
    def says_no(self, purpose: Purpose) -> None:
        with self.house.store.begin() as db:
            token = consents.show(db, offers.purpose("en", purpose)).token
            consents.refuse(db, self.person, token)
            self.no_at[purpose] = db.clock()
        self.model[purpose] = _S.REFUSED

    @rule(purpose=st.sampled_from(PURPOSES))
    def takes_it_back(self, purpose: Purpose) -> None:
        with self.house.store.begin() as db:
            leaf = consents.withdraw(db, self.person, purpose)
            assert bool(leaf) is (self.model[purpose] is _S.GIVEN)
            if leaf:
                self.model[purpose] = _S.WITHDRAWN
                self.no_at[purpose] = db.clock()

    @rule(purpose=st.sampled_from(PURPOSES))
    def is_asked(self, purpose: Purpose) -> None:
        offer = offers.purpose("zh", purpose)
        said_no = self.model[purpose] in {_S.REFUSED, _S.WITHDRAWN}
        try:
            with self.house.store.begin() as db:
                consents.ask(db, self.person, offer, by_person=False)
        except CoolingDown:
            assert said_no
            return
        assert not said_no or self.house.clock() - self.no_at[purpose] >= rules.COOL_DOWN
        if self.model[purpose] is _S.NONE:
            self.model[purpose] = _S.ASKED

    @rule(hours=st.sampled_from([-1, 1, 30, 50]))
    def time_passes(self, hours: int) -> None:
        self.house.clock.forward(hours=hours)

    @invariant()
    def the_state_is_the_last_answer(self) -> None:
        with self.house.store.read() as db:
            for purpose, expected in self.model.items():
                assert consents.state(db, self.person, purpose) is expected

    @invariant()
    def no_event_ever_changed(self) -> None:
        with self.house.store.read() as db:
            now = {event.id: event for event in consents.history(db, self.person)}
        assert all(now[event.id] == event for event in self.seen)
        self.seen = list(now.values())


Histories.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestHistories = Histories.TestCase
