"""Any history of events, answers, choices and time: what a receiver may and must have seen."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shouyue.ground.store.migrate import upgrade
from shouyue.platform.grants import service as grants
from shouyue.platform.push import deliveries, errors, heartbeat
from shouyue.platform.push import service as push
from shouyue.platform.push.types import Delivery, DeliveryState
from shouyue.privacy.egress.types import HttpBack
from tests.house import House
from tests.merchants import authorise
from tests.pushing import PAID, REFUND, WELL, Stage, order_event, stage

ANSWERS = (
    WELL,
    HttpBack(500, b"", 9),
    HttpBack(200, b'{"result":0}', 9),
    HttpBack(200, b'{"result":1}', 3100),
    HttpBack(None, b"", 9, "refused"),
)


class Killed(BaseException):
    """The worker died between act and settle."""


class Histories(RuleBasedStateMachine):
    """Drives one shop and one app on SQLite."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'shouyue.db'}"
        upgrade(url)
        self.house = House(url)
        self.shop: Stage = stage(self.house)
        self.granted = self.listening = True
        self.events = 0
        self.allowed: set[str] = set()  # events taken while the app had every right
        self.accepted: set[str] = set()  # events that the receiver said it has

    def teardown(self) -> None:
        self.house.store.close()
        self.folder.cleanup()

    @rule()
    def something_happens(self) -> None:
        self.events += 1
        event = order_event(self.events)
        count = self.shop.take(event)
        assert count == int(self.granted and self.listening)
        if count:
            self.allowed.add(event.event_id)
        assert self.shop.take(event) == 0

    @rule(minutes=st.sampled_from([0, 5, 10, 61, 60 * 30]), answer=st.sampled_from(ANSWERS))
    def time_passes(self, minutes: int, answer: HttpBack) -> None:
        self.house.clock.forward(minutes=minutes)
        self.shop.net.always = answer
        self._run()

    @rule()
    def the_worker_dies_after_sending(self) -> None:
        def die() -> HttpBack:
            raise Killed

        self.shop.net.then = [die]
        try:
            self._run()
        except Killed:
            self.house.clock.forward(minutes=3)
        self.shop.net.then = []

    @rule(on=st.booleans())
    def the_owner_switches(self, on: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        with self.house.store.begin() as db:
            push.switch(db, self.shop.owner, self.shop.app.app_id, on=on)
            push.choose(db, self.shop.owner, self.shop.app.app_id, [PAID])
        self.listening = on

    @rule()
    def the_owner_chooses_another_type(self) -> None:
        with self.house.store.begin() as db:
            push.choose(db, self.shop.owner, self.shop.app.app_id, [REFUND])
        self.listening = False

    @rule()
    def the_merchant_takes_the_grant_back(self) -> None:
        with self.house.store.begin() as db:
            grants.revoke(db, self.shop.merchant, self.shop.app.app_id)
        self.granted = False

    @rule()
    def the_merchant_grants(self) -> None:
        with self.house.store.begin() as db:
            authorise(db, self.shop.merchant, self.shop.app)
        self.granted = True

    @rule()
    def the_heart_beats(self) -> None:
        with self.house.store.begin() as db:
            heartbeat.begin(db)
        self._run()

    @rule()
    def the_owner_pushes_all_again(self) -> None:
        with self.house.store.begin() as db:
            for row in self._log():
                try:
                    deliveries.push_again(db, self.shop.owner, row.id)
                except errors.DeliveryStopped:
                    assert row.state is DeliveryState.STOPPED

    @invariant()
    def what_was_delivered_was_accepted_and_allowed(self) -> None:
        log = self._log()
        delivered = {row.event_id for row in log if row.state is DeliveryState.DELIVERED}
        assert delivered <= self.accepted <= self.allowed
        assert {row.event_id for row in log} == self.allowed

    @invariant()
    def who_waits_has_a_next_time_and_who_ended_has_none(self) -> None:
        for row in self._log():
            assert (row.next_at is not None) == (row.state is DeliveryState.FAILED)
            assert row.attempts or row.state in (DeliveryState.WAITING, DeliveryState.STOPPED)

    def _run(self) -> None:
        net, before = self.shop.net, len(self.shop.net.got)
        try:
            self.shop.worker.run_once()
        finally:
            sent = [fields for out in net.got[before:] if not (fields := self._read(out))["test"]]
            assert not sent or (self.granted and self.listening)
            if net.always == WELL:
                self.accepted |= {fields["eventId"] for fields in sent}

    def _read(self, out: Any) -> dict[str, Any]:
        return self.shop.read(out)

    def _log(self) -> tuple[Delivery, ...]:
        found: list[Delivery] = []
        with self.house.store.read() as db:
            for page in range(1, 100):
                page_of = deliveries.log(db, self.shop.owner, self.shop.app.app_id, page)
                found += page_of.rows
                if not page_of.more:
                    break
        return tuple(found)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_no_history_sends_without_a_right_or_loses_a_message() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
