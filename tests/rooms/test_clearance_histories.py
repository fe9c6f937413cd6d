"""Grants under every order of asking, answering, breaking, reviewing, leaving and time.

A model that knows only what was promised says after each step who may look; the vault must agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import glass, grants, jobs
from shouyue.privacy.clearance.errors import OwnGrant
from shouyue.privacy.clearance.tables import ClearanceGrant
from shouyue.privacy.clearance.types import Ask, Glass, Member, Need, Verdict
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.clearance import prepared
from tests.house import House
from tests.intruder import unguarded

POSTS = frozenset({"support", "privacy"})
STAFF = [Member(f"{number:025d}S", POSTS) for number in range(3)]
PEOPLE = [SubjectId(f"{number:025d}P") for number in range(2)]
members, people = st.sampled_from(STAFF), st.sampled_from(PEOPLE)
steps = st.sampled_from([10, 29, 31, 60, 8 * 60, 24 * 60])


@dataclass
class Known:
    """What the model knows of one grant."""

    member: str
    person: SubjectId
    hours: int
    asked: datetime
    until: datetime | None = None
    due: datetime | None = None
    over: bool = False


class Histories(RuleBasedStateMachine):
    """Each rule is one act, tried whether or not it is allowed."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house, self.known = house, dict[str, Known]()
        with house.store.begin() as db:
            unguarded(db)
            for table in reversed(Table.metadata.sorted_tables):
                db.execute(sa.delete(table))
            for number, person in enumerate(PEOPLE):
                phone, why = f"1380000000{number}", (Purpose.P1, Basis.CONTRACT_SELF)
                grounds.become_party(db, person)
                vault.keep(db, Keep(person, Item.DI_01, phone, *why, "portal"))
            for member in STAFF:
                prepared(db, member.id)

    def act(self, deed: Callable[[Session], Any]) -> Any:
        """Return what the deed returns, or None where the house refuses it."""
        try:
            with self.house.store.begin() as db:
                return deed(db)
        except Refusal:
            return None

    @property
    def now(self) -> datetime:
        return self.house.clock()

    def frozen(self, member: str) -> bool:
        return any(
            one.due is not None and one.due <= self.now and one.member == member
            for one in self.known.values()
        )

    def may(self, member: str, person: SubjectId) -> bool:
        return not self.frozen(member) and any(
            one.until is not None and one.until > self.now and not one.over
            for one in self.known.values()
            if (one.member, one.person) == (member, person)
        )

    @rule(member=members, person=people, hours=st.integers(0, 9))
    def ask(self, member: Member, person: SubjectId, hours: int) -> None:
        reach = {person: [Item.DI_01]}
        asked = Ask("support", Purpose.P4, reach, Need.SECURITY, hours=hours)
        made = self.act(lambda db: grants.ask(db, member, asked))
        assert (made is None) == (self.frozen(member.id) or not 1 <= hours <= 8)
        if made:
            self.known[made] = Known(member.id, person, hours, self.now)

    @rule(member=members, place=st.integers(0, 9))
    def approve(self, member: Member, place: int) -> None:
        if not self.known:
            return
        made = sorted(self.known)[place % len(self.known)]
        one = self.known[made]
        waits = one.until is None and not one.over and self.now < one.asked + timedelta(hours=24)
        done = self.act(lambda db: grants.approve(db, made, member) or True)
        expected = waits and one.member != member.id and not self.frozen(one.member)
        assert bool(done) == expected
        if done:
            one.until = self.now + timedelta(hours=one.hours)

    @rule(member=members, person=people)
    def break_glass(self, member: Member, person: SubjectId) -> None:
        why = "安全事件处置中，须立即联系本人确认"
        taken = Glass("support", Purpose.P4, person, [Item.DI_01], why)
        made = self.act(lambda db: glass.break_glass(db, member, taken))
        assert (made is None) == self.frozen(member.id)
        if made:
            until, due = self.now + timedelta(minutes=30), self.now + timedelta(hours=24)
            self.known[made] = Known(member.id, person, 0, self.now, until, due)

    @rule(member=members, place=st.integers(0, 9), verdict=st.sampled_from(Verdict))
    def review(self, member: Member, place: int, verdict: Verdict) -> None:
        owed = sorted(made for made, one in self.known.items() if one.due is not None)
        if not owed:
            return
        made = owed[place % len(owed)]
        one = self.known[made]
        done = self.act(lambda db: glass.review(db, made, member, verdict) or True)
        assert bool(done) == (one.member != member.id)
        if done:
            one.due = None
            one.over = one.over or verdict is Verdict.UNJUSTIFIED

    @rule(member=members)
    def leave(self, member: Member) -> None:
        self.act(lambda db: grants.leave(db, member.id))
        for one in self.known.values():
            one.over = one.over or one.member == member.id
        with self.house.store.read() as db:
            assert member.id not in grants.holders(db)

    @rule(minutes=steps)
    def wait(self, minutes: int) -> None:
        self.house.clock.forward(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        bell = Job("0" * 26, jobs.SWEEP, "", {}, 1, self.now)
        self.act(lambda db: jobs.sweep(db, bell))
        for one in self.known.values():
            unanswered = one.until is None and one.asked + timedelta(hours=24) <= self.now
            one.over = one.over or unanswered or self.frozen(one.member)

    @invariant()
    def nobody_looks_but_under_a_live_grant(self) -> None:
        for member in STAFF:
            for person in PEOPLE:
                why = (Purpose.P4, Basis.CONTRACT_SELF)
                reader = Reader(member.id, "support", *why, reason="security-check")
                with self.house.store.begin() as db:
                    try:
                        vault.reveal(db, person, [Item.DI_01], reader)
                        looked = True
                    except Refusal:
                        looked = False
                    db.rollback()
                assert looked == self.may(member.id, person)

    @invariant()
    def nobody_ever_answered_for_themselves(self) -> None:
        with self.house.store.read() as db:
            for row in db.scalars(sa.select(ClearanceGrant)):
                assert row.member not in {row.answered_by, row.reviewed_by}
                assert row.until is None or row.until - row.asked_at <= timedelta(hours=32)
                assert row.minutes <= 8 * 60


def test_every_history_agrees_with_what_is_promised(house: House) -> None:
    machine: Any = lambda: Histories(house)  # noqa: E731 - any maker of a machine will do
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_model_would_notice_an_own_approval(house: House) -> None:
    history = Histories(house)
    member = STAFF[0]
    asked = Ask("support", Purpose.P4, {PEOPLE[0]: [Item.DI_01]}, Need.SECURITY)
    with house.store.begin() as db:
        made = grants.ask(db, member, asked)
        with pytest.raises(OwnGrant):
            grants.approve(db, made, member)
        grants.approve(db, made, STAFF[1])
    with pytest.raises(AssertionError):
        history.nobody_looks_but_under_a_live_grant()
