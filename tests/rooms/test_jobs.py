import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouyue.ground.jobs import queries, rules
from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.errors import UnfitJob
from shouyue.ground.jobs.service import Trip, Worker
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Again, Args, Job, State
from shouyue.ground.store.session import Session
from tests.house import House

SUBJECT = "0" * 24 + "77"


class Killed(BaseException):
    """The process died here."""


class Diary:
    """An answer that writes down which jobs it saw, and fails as told."""

    def __init__(self, *then: BaseException | None) -> None:
        self.seen: list[Job] = []
        self._then = list(then)

    def __call__(self, _db: Session, job: Job) -> None:
        self.seen.append(job)
        trouble = self._then.pop(0) if self._then else None
        if trouble is not None:
            raise trouble


def enqueue(house: House, name: str = "note", args: Args | None = None, **how: Any) -> str:
    with house.store.begin() as db:
        return jobs.enqueue(db, name, args, **how)


def counts(house: House) -> dict[State, int]:
    with house.store.read() as db:
        return jobs.counts(db)


def rows(house: House) -> list[JobRow]:
    with house.store.read() as db:
        return list(db.scalars(sa.select(JobRow).order_by(JobRow.id)))


def test_a_job_runs_once_and_leaves_no_row(house: House) -> None:
    diary = Diary()
    enqueue(house, args={"subject": SUBJECT, "case": 7})
    worker = Worker(house.store, {"note": diary})

    assert worker.run_once() == 1

    assert diary.seen[0].args == {"subject": SUBJECT, "case": 7}
    assert diary.seen[0].subject_ref == SUBJECT
    assert worker.run_once() == 0
    assert rows(house) == []


def test_work_of_a_rolled_back_transaction_never_runs(house: House) -> None:
    diary = Diary()
    with pytest.raises(Killed), house.store.begin() as db:
        jobs.enqueue(db, "note")
        raise Killed
    assert Worker(house.store, {"note": diary}).run_once() == 0
    assert diary.seen == []


def test_work_waits_for_its_time(house: House) -> None:
    diary = Diary()
    enqueue(house, due=house.clock() + timedelta(hours=1))
    worker = Worker(house.store, {"note": diary})
    assert worker.run_once() == 0
    house.clock.forward(hours=1)
    assert worker.run_once() == 1


def test_work_that_work_asks_for_runs_in_the_same_go(house: House) -> None:
    diary = Diary()

    def first(db: Session, job: Job) -> None:
        jobs.enqueue(db, "second", {"of": job.id})

    enqueue(house, "first")
    assert Worker(house.store, {"first": first, "second": diary}).run_once() == 2
    assert len(diary.seen) == 1


def test_a_name_without_an_answer_is_left_to_others(house: House) -> None:
    enqueue(house, "other")
    assert Worker(house.store, {"note": Diary()}).run_once() == 0
    assert counts(house) == {State.WAITING: 1}


def test_two_askings_with_one_key_are_one_job_at_the_earlier_time(house: House) -> None:
    later = enqueue(house, once="sum:1", due=house.clock() + timedelta(hours=1))
    assert enqueue(house, once="sum:1") == later
    assert [row.due for row in rows(house)] == [house.clock()]


def test_a_key_is_free_again_once_its_job_has_begun(house: House) -> None:
    def answer(db: Session, job: Job) -> None:
        if job.attempt == 1 and job.args["go"] == 1:
            jobs.enqueue(db, "note", {"go": 2}, once="sum:1")

    enqueue(house, args={"go": 1}, once="sum:1")
    assert Worker(house.store, {"note": answer}).run_once() == 2


def test_a_failed_job_gives_way_to_a_newer_one_with_its_key(house: House) -> None:
    def act(job: Job) -> int | str:
        if job.args["go"] == 1:
            enqueue(house, args={"go": 2}, once="sum:1")
            raise KeyError
        return job.args["go"]

    done: list[int | str] = []
    trip: Trip[Job, int | str] = Trip(
        prepare=lambda _db, job: job, act=act, settle=lambda _db, _job, go: done.append(go)
    )
    enqueue(house, args={"go": 1}, once="sum:1")
    assert Worker(house.store, {"note": trip}).run_once() == 2
    assert done == [2]
    assert rows(house) == []


def test_a_failure_is_kept_as_a_class_name_and_tried_again(house: House) -> None:
    diary = Diary(ValueError("13800138000"))
    enqueue(house)
    worker = Worker(house.store, {"note": diary})
    with structlog.testing.capture_logs() as logs:
        worker.run_once()

    assert "13800138000" not in str(logs)
    assert logs[0]["error"] == "ValueError"
    (row,) = rows(house)
    assert (row.last_error, row.state) == ("ValueError", State.WAITING)
    house.clock.forward(seconds=5)
    assert worker.run_once() == 1
    assert [job.attempt for job in diary.seen] == [1, 2]


def test_writes_of_a_failed_answer_are_undone(house: House) -> None:
    def answer(db: Session, job: Job) -> None:
        jobs.enqueue(db, "other")
        if job.attempt == 1:
            raise ValueError

    enqueue(house)
    Worker(house.store, {"note": answer}).run_once()
    assert [row.name for row in rows(house)] == ["note"]


def test_a_job_that_keeps_failing_is_dead_and_can_be_revived(house: House) -> None:
    diary = Diary(*[ValueError()] * rules.FAILURES)
    job = enqueue(house)
    worker = Worker(house.store, {"note": diary})
    while State.WAITING in counts(house):
        worker.run_once()
        house.clock.forward(hours=1)
    assert len(diary.seen) == rules.FAILURES
    with house.store.begin() as db:
        assert [(d.job.id, d.error) for d in jobs.dead(db)] == [(job, "ValueError")]
        assert jobs.revive(db, job)
        assert not jobs.revive(db, job)
    assert worker.run_once() == 1
    assert counts(house) == {}


def test_a_room_may_choose_its_own_retry_times_for_ever(house: House) -> None:
    diary = Diary(*[Again(timedelta(minutes=3))] * 20)
    enqueue(house)
    worker = Worker(house.store, {"note": diary})
    for _ in range(20):
        assert worker.run_once() == 1
        assert worker.run_once() == 0
        house.clock.forward(minutes=3)
    assert worker.run_once() == 1
    assert counts(house) == {}


def test_again_returned_keeps_what_was_written(house: House) -> None:
    def answer(db: Session, job: Job) -> Again | None:
        jobs.enqueue(db, "other")
        return Again(timedelta(0)) if job.attempt == 1 else None

    enqueue(house)
    Worker(house.store, {"note": answer}).run_once()
    assert sorted(row.name for row in rows(house)) == ["note", "other"]


def trip_killed_at(step: str, gone: list[str]) -> Trip[str, str]:
    def at(here: str, job: Job | None = None) -> str:
        gone.append(here)
        if here == step and gone.count(here) == 1:
            raise Killed
        return job.id if job else here

    def settle(_db: Session, _job: Job, _back: str) -> None:
        at("settle")

    return Trip(
        prepare=lambda _db, job: at("prepare", job),
        act=lambda _luggage: at("act"),
        settle=settle,
    )


@pytest.mark.parametrize("step", ["prepare", "act", "settle"])
def test_work_killed_on_the_way_runs_again_when_its_lease_is_over(house: House, step: str) -> None:
    gone: list[str] = []
    enqueue(house)
    worker = Worker(house.store, {"note": trip_killed_at(step, gone)})
    with pytest.raises(Killed):
        worker.run_once()
    assert worker.run_once() == 0, "the lease still holds"
    house.clock.forward(seconds=rules.LEASE.total_seconds())

    assert worker.run_once() == 1

    assert gone.count(step) == 2
    assert rows(house) == []


def test_work_that_kills_every_worker_is_buried(house: House) -> None:
    enqueue(house)
    worker = Worker(house.store, {"note": Diary(*[Killed()] * 99)})
    for _ in range(rules.FAILURES):
        with pytest.raises(Killed):
            worker.run_once()
        house.clock.forward(minutes=2)
    assert worker.run_once() == 0
    assert counts(house) == {State.DEAD: 1}


def test_a_stale_holder_cannot_settle(house: House) -> None:
    settled: list[str] = []

    def settle(db: Session, _job: Job, who: str) -> None:
        settled.append(who)
        jobs.enqueue(db, "trace")

    def slow(_luggage: Job) -> str:
        # While this holder is away its lease ends and another worker does the work.
        house.clock.forward(minutes=2)
        swift.run_once()
        return "slow"

    def trip(act: Callable[[Job], str]) -> Trip[Job, str]:
        return Trip(prepare=lambda _db, job: job, act=act, settle=settle)

    swift = Worker(house.store, {"note": trip(lambda _job: "swift")})
    enqueue(house)
    Worker(house.store, {"note": trip(slow)}).run_once()

    assert settled == ["swift"]
    assert [row.name for row in rows(house)] == ["trace"]


def test_a_trip_with_nothing_to_do_is_over(house: House) -> None:
    away: list[str] = []
    trip: Trip[str, None] = Trip(
        prepare=lambda _db, _job: None, act=away.append, settle=lambda _db, _job, _back: None
    )
    enqueue(house)
    assert Worker(house.store, {"note": trip}).run_once() == 1
    assert (away, rows(house)) == ([], [])


def test_two_claims_at_once_never_share_a_job(house: House) -> None:
    for _ in range(6):
        enqueue(house)
    if house.store.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time: claims cannot meet")
    until = house.clock() + rules.LEASE
    with house.store.begin() as one, house.store.begin() as two:
        mine = {row.id for row in queries.claim(one, ["note"], 3, until, "a")}
        theirs = {row.id for row in queries.claim(two, ["note"], 8, until, "b")}
    assert (len(mine), len(theirs), mine & theirs) == (3, 3, set())


def test_a_worker_does_not_start_a_joined_job_before_the_caller_commits(house: House) -> None:
    if house.store.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time: the worker waits anyway")
    diary = Diary()
    enqueue(house, once="sum:1")
    worker = Worker(house.store, {"note": diary})
    with house.store.begin() as db:
        jobs.enqueue(db, "note", once="sum:1")
        assert worker.run_once() == 0
    assert worker.run_once() == 1


def test_a_periodic_job_keeps_its_beat(house: House) -> None:
    diary = Diary(None, ValueError(), None)
    worker = Worker(house.store, {"sweep": diary}, {"sweep": timedelta(hours=1)})
    worker.plan()
    worker.plan()
    assert worker.run_once() == 1
    house.clock.forward(hours=2, minutes=30)
    assert worker.run_once() == 1  # fails, and is tried again below
    house.clock.forward(seconds=5)
    assert worker.run_once() == 1
    worker.plan()
    (row,) = rows(house)
    assert row.due - house.clock() <= timedelta(hours=1)


def test_a_schedule_without_an_answer_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="sweep"):
        Worker(house.store, {}, {"sweep": timedelta(hours=1)})


def test_the_bell_wakes_a_running_worker_and_stop_ends_it(house: House) -> None:
    done, stop = threading.Event(), threading.Event()

    def answer(_db: Session, _job: Job) -> None:
        done.set()

    worker = Worker(house.store, {"note": answer})
    thread = threading.Thread(target=worker.run, args=(stop, 30.0))
    thread.start()
    enqueue(house)
    assert done.wait(10)
    stop.set()
    house.store.bell.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_stopped_worker_gives_back_what_it_has_not_begun(house: House) -> None:
    stop = threading.Event()
    seen: list[str] = []

    def answer(_db: Session, job: Job) -> None:
        seen.append(job.id)
        stop.set()

    for _ in range(3):
        enqueue(house)
    Worker(house.store, {"note": answer}).run(stop, 0.0)
    assert len(seen) == 1
    assert counts(house) == {State.WAITING: 2}


@pytest.mark.parametrize(
    "value",
    ["a b", "zhang@corp.cn", "13800138000", "138-0013-8000", "张三", 13800138000, "x:13800138000"],
)
def test_a_job_refuses_arguments_that_could_be_personal(db: Session, value: str | int) -> None:
    with pytest.raises(UnfitJob):
        jobs.enqueue(db, "note", {"value": value})


@pytest.mark.parametrize("value", [SUBJECT, "P15", "consent.withdrawn", "0123456789" * 6 + "0123"])
def test_a_job_takes_ids_codes_and_digests(db: Session, value: str) -> None:
    assert jobs.enqueue(db, "note", {"value": value})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    steps=st.lists(
        st.sampled_from(["enqueue", "ok", "fail", "killed", "again", "later"]), max_size=14
    )
)
def test_no_job_is_lost_and_none_is_done_twice_whatever_happens(
    house: House, steps: list[str]
) -> None:
    """Of every job: finished exactly once, or still there. Checked over random histories."""
    asked: list[str] = []
    finished: list[str] = []
    mood = "ok"

    def settle(_db: Session, job: Job, _back: str) -> Again | None:
        if mood == "fail":
            raise ValueError
        if mood == "killed":
            raise Killed
        if mood == "again":
            return Again(timedelta(seconds=1))
        finished.append(job.id)
        return None

    trip: Trip[str, str] = Trip(
        prepare=lambda _db, job: job.id, act=lambda luggage: luggage, settle=settle
    )
    worker = Worker(house.store, {"note": trip})
    for step in [*steps, "end"]:
        if step == "enqueue":
            asked.append(enqueue(house))
        elif step == "later":
            house.clock.forward(minutes=3)
        elif step != "end":
            mood = step
            with suppress(Killed):
                worker.run_once()
        else:
            mood = "ok"
            house.clock.forward(hours=2)
            worker.run_once()
    assert sorted(finished) == sorted(asked)
    assert rows(house) == []


@given(st.integers(1, 10_000), st.integers(-(10**6), 10**7))
def test_the_next_beat_is_after_now_and_within_one_period(period: int, late: int) -> None:
    due = datetime.fromisoformat("2026-11-23T02:00:00+00:00")
    at = due + timedelta(seconds=late)
    step = timedelta(seconds=period)
    following = rules.next_time(due, step, at)
    assert following > at
    assert (following - due) % step == timedelta(0)
    assert following <= max(due, at) + step


@given(st.integers(1, 1000))
def test_waits_grow_up_to_an_hour(failed: int) -> None:
    assert rules.backoff(failed) <= rules.backoff(failed + 1) <= timedelta(hours=1)


def test_what_a_dead_process_held_is_free_at_once_in_a_house_of_one(house: House) -> None:
    done: list[str] = []

    class Killed(BaseException):
        """The process ends here."""

    def die(_luggage: Job) -> str:
        raise Killed

    def trip(act: Callable[[Job], str]) -> Trip[Job, str]:
        return Trip(
            prepare=lambda _db, job: job, act=act, settle=lambda _db, _job, who: done.append(who)
        )

    enqueue(house)
    with pytest.raises(Killed):
        Worker(house.store, {"note": trip(die)}).run_once()
    heir = Worker(house.store, {"note": trip(lambda _job: "heir")})
    assert heir.run_once() == 0
    heir.take_over()
    assert heir.run_once() == 1
    assert done == ["heir"]
