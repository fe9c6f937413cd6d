"""Consent under every order of answers: the fold against a model, the rows against themselves."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shouyue.ground.store.columns import Table
from shouyue.ground.store.journal import Journal
from shouyue.ground.store.service import open_engine
from shouyue.privacy.consent import again, offers, rules
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import CoolingDown
from shouyue.privacy.consent.types import ConsentEvent, ConsentState, Control
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.policy import service as policy
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


ENDED = {_S.GIVEN, _S.STALE, _S.WITHDRAWN}
"""From these a yes that is found void becomes one; a no to a later question stays the answer."""


class Histories(RuleBasedStateMachine):
    """A person with two wishes, played against the simplest model: the last answer counts.

    The house takes a yes away where it was never valid or its words have changed. The journal of
    what was taken back goes along: played over the house it changes nothing, over a backup of any
    earlier hour it lets no yes come back that somebody has ended.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{self.folder.name}/histories.db"
        engine = open_engine(url)
        Table.metadata.create_all(engine)
        engine.dispose()
        self.house = House(url)
        self.journal = Journal(Path(self.folder.name) / "journal")
        self.journal.found("0" * 26, self.house.clock().isoformat())
        self.house.store.journal = self.journal
        with self.house.store.begin() as db:
            self.person = vault.new_subject(db)
        self.model = dict.fromkeys(PURPOSES, _S.NONE)
        self.no_at: dict[Purpose, datetime] = {}
        self.seen: list[ConsentEvent] = []
        self.valid: dict[Purpose, str] = {}
        """The version under which the newest yes was said, until that is found void."""
        self.once_yes: set[Purpose] = set()
        self.own, self.version = policy.active(), 0
        self.kept = ""

    def teardown(self) -> None:
        policy.use(self.own)
        self.house.store.close()
        self.folder.cleanup()

    @rule(purpose=st.sampled_from(PURPOSES))
    def says_yes(self, purpose: Purpose) -> None:
        with self.house.store.begin() as db:
            token = consents.show(db, offers.purpose("zh", purpose)).token
            consents.give(db, self.person, token, control=Control.BUTTON)
        self.model[purpose] = _S.GIVEN
        self.valid[purpose] = policy.active().version.number
        self.once_yes.add(purpose)
        self.no_at.pop(purpose, None)

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
            assert bool(leaf) is (self.model[purpose] in {_S.GIVEN, _S.STALE})
            if leaf:
                self.model[purpose] = _S.WITHDRAWN
                self.no_at[purpose] = db.clock()

    @rule(purpose=st.sampled_from(PURPOSES))
    def is_asked(self, purpose: Purpose) -> None:
        offer = offers.purpose("zh", purpose)
        said_no = purpose in self.no_at  # also where the yes before it was found void
        try:
            with self.house.store.begin() as db:
                consents.ask(db, self.person, offer, by_person=False)
        except CoolingDown:
            assert said_no
            return
        assert not said_no or self.house.clock() - self.no_at[purpose] >= rules.COOL_DOWN
        if self.model[purpose] is _S.NONE:
            self.model[purpose] = _S.ASKED

    @rule(purpose=st.sampled_from(PURPOSES))
    def is_found_void(self, purpose: Purpose) -> None:
        with self.house.store.begin() as db:
            leaf = consents.void(db, self.person, purpose)
        assert bool(leaf) is (purpose in self.valid)
        if self.valid.pop(purpose, "") and self.model[purpose] in ENDED:
            self.model[purpose] = _S.VOID

    @rule()
    def words_change_elsewhere(self) -> None:
        self.version += 1
        version = replace(self.own.version, number=f"9.9.{self.version}")
        policy.use(replace(self.own, version=version))

    @rule(purpose=st.sampled_from(PURPOSES))
    def is_outdated(self, purpose: Purpose) -> None:
        older = self.valid.get(purpose) != policy.active().version.number
        stale = older and self.model[purpose] is _S.GIVEN
        with self.house.store.begin() as db:
            assert consents.outdate(db, purpose) == int(stale)
        if stale:
            self.model[purpose] = _S.STALE

    @rule()
    def is_backed_up(self) -> None:
        self.kept = f"{self.folder.name}/kept-{self.house.new_id()}.db"
        with closing(sqlite3.connect(self.kept)) as copy, self.house.store.read() as db:
            db.connection().connection.driver_connection.backup(copy)  # type: ignore[union-attr]

    @precondition(lambda self: self.kept)
    @rule()
    def is_restored_elsewhere(self) -> None:
        place = f"{self.folder.name}/restored-{self.house.new_id()}.db"
        shutil.copyfile(self.kept, place)
        restored = House(f"sqlite:///{place}")
        restored.clock.at = self.house.clock.at
        restored.new_id = self.house.new_id
        with restored.store.begin() as db:
            again.again(db, self.journal.read())
            for purpose, expected in self.model.items():
                if expected is not _S.GIVEN and expected is not _S.STALE:
                    assert consents.state(db, self.person, purpose) is not _S.GIVEN
            assert again.again(db, self.journal.read()) == 0
        restored.store.close()

    @rule(hours=st.sampled_from([-1, 1, 30, 50]))
    def time_passes(self, hours: int) -> None:
        self.house.clock.forward(hours=hours)

    @invariant()
    def the_state_is_the_last_answer(self) -> None:
        with self.house.store.read() as db:
            for purpose, expected in self.model.items():
                assert consents.state(db, self.person, purpose) is expected

    @invariant()
    def what_rests_on_a_yes_is_on_under_one_alone(self) -> None:
        with self.house.store.read() as db:
            off = grounds.switched_off(db, self.person)
        assert off == {one for one in self.once_yes if self.model[one] is not _S.GIVEN}

    @invariant()
    def the_journal_takes_nothing_back_twice(self) -> None:
        with self.house.store.begin() as db:
            assert again.again(db, self.journal.read()) == 0

    @invariant()
    def no_event_ever_changed(self) -> None:
        with self.house.store.read() as db:
            now = {event.id: event for event in consents.history(db, self.person)}
        assert all(now[event.id] == event for event in self.seen)
        self.seen = list(now.values())


Histories.TestCase.settings = settings(max_examples=20, stateful_step_count=14, deadline=None)
TestHistories = Histories.TestCase
