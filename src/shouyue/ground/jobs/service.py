"""Enqueue work in the caller's transaction, and the worker that does it.

A job is a row that becomes visible with the facts it follows from, so a rolled-back transaction
leaves no work behind. Work runs at least once: an answer runs in one transaction with its finish;
a trip leaves the process between two, and is taken again when the worker dies on the way. Each
claim has a fresh token, and only the newest may settle. A finished row is deleted; a dead one is
kept, with the class name of its last error and never the message, which may hold personal values.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog

from shouyue.ground.jobs import queries, rules
from shouyue.ground.jobs.errors import LeaseLost
from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Again, Args, Dead, Job, Lease, NewJob, State
from shouyue.ground.kit.errors import named
from shouyue.ground.store.service import Store
from shouyue.ground.store.session import ReadSession, Session

T = TypeVar("T")
R = TypeVar("R")

Answer = Callable[[Session, Job], Again | None]
"""What a room does for a job, in one transaction with the job's finish."""

_BATCH = 8
_EVERY = "every:"
_log = structlog.get_logger("shouyue.jobs")


@dataclass(frozen=True, slots=True)
class Trip(Generic[T, R]):
    """Work that must leave the process: read what is needed, go, write down what came back.

    `prepare` and `settle` each have their own transaction, `act` has none and is bounded well
    below two minutes. `prepare` may return None: then there is nothing to do and the job is over.
    """

    prepare: Callable[[Session, Job], T | None]
    act: Callable[[T], R]
    settle: Callable[[Session, Job, R], Again | None]


def enqueue(
    db: Session,
    name: str,
    args: Args | None = None,
    *,
    due: datetime | None = None,
    once: str | None = None,
) -> str:
    """Ask for work in the caller's transaction; return the job's id.

    `once` is a key that one waiting job may hold: asking again joins that job, brings its time
    forward if `due` is earlier, and leaves its arguments. A job that has begun no longer holds
    its key. Raises UnfitJob for a name, key or argument that could hold a personal value.
    """
    rules.check(name, args or {}, once)
    due = due or db.clock()
    row = NewJob(db.new_id(), name, dict(args or {}), due, once)
    while True:
        if once is not None and (waiting := queries.join(db, once, due)):
            return waiting
        # No insert means that the key was taken a moment ago; joining will find who took it.
        if queries.add(db, row):
            return row.id


def counts(db: ReadSession) -> dict[State, int]:
    """Return how many jobs wait, run and are dead; a state without jobs is absent."""
    return queries.counts(db)


def dead(db: ReadSession, limit: int = 100) -> list[Dead]:
    """Return dead jobs with the class name of their last error, latest first."""
    return queries.dead(db, limit)


def revive(db: Session, job_id: str) -> bool:
    """Let a dead job wait again from now; answer no if there is no such dead job."""
    row = queries.buried(db, job_id)
    if row is None:
        return False
    row.failed = 0
    queries.wait(db, row, db.clock())
    return True


class Worker:
    """Does the work that it has an answer for; other names are left to other workers.

    Holds no state of its own, so several threads may run one worker, and several processes may
    run workers on one PostgreSQL database. `schedule` gives periodic jobs their period.
    """

    def __init__(
        self,
        store: Store,
        answers: Mapping[str, Answer | Trip[Any, Any]],
        schedule: Mapping[str, timedelta] | None = None,
    ) -> None:
        """Refuse a schedule that names work without an answer."""
        self._store = store
        self._answers = dict(answers)
        self._schedule = dict(schedule or {})
        if unknown := self._schedule.keys() - self._answers.keys():
            raise ValueError(f"no answer for {sorted(unknown)}")

    def run(self, stop: threading.Event, pause: float = 1.0) -> None:
        """Work until `stop`; between, sleep until the store's bell or `pause` seconds.

        A failing database does not end it. What was claimed and not begun is given back.
        """
        bell = self._store.bell
        while not stop.is_set():
            try:
                self.plan()
                self._drain(stop)
            except Exception as error:  # noqa: BLE001 - the worker outlives the database's bad hour
                _log.error("worker.failed", error=named(error))
            bell.wait(pause)
            bell.clear()

    def take_over(self) -> None:
        """End the leases of a dead process now, instead of waiting for them.

        Only for a house of one process, where nobody else can be at work.
        """
        with self._store.begin() as db:
            queries.end_leases(db, db.clock())

    def run_once(self) -> int:
        """Do all that is due now, also what that work enqueues; return how many jobs ran."""
        return self._drain(threading.Event())

    def plan(self) -> None:
        """See that each periodic job waits or runs; a new one is due at once.

        So is one that waits longer than it may: the clock was put back meanwhile.
        """
        keys = {_EVERY + name: name for name in self._schedule}
        with self._store.read() as db:
            latest = {key: rules.latest(self._schedule[keys[key]], db.clock()) for key in keys}
            missing = keys.keys() - queries.planned(db, latest)
        if missing:
            with self._store.begin() as db:
                for key in sorted(missing):
                    enqueue(db, keys[key], once=key)

    def _drain(self, stop: threading.Event) -> int:
        ran = 0
        while not stop.is_set() and (leases := self._claim()):
            for lease in leases:
                if stop.is_set():
                    self._give_back(lease)
                    continue
                self._do(lease)
                ran += 1
        return ran

    def _claim(self) -> list[Lease]:
        # Looking first keeps an idle worker from writing, and from ringing its own bell.
        with self._store.read() as db:
            if not queries.any_ready(db, self._answers, db.clock()):
                return []
        with self._store.begin() as db:
            token, until = db.new_id(), db.clock() + rules.LEASE
            rows = queries.claim(db, self._answers, _BATCH, until, token)
            fresh = [row for row in rows if not rules.is_dead(row.failed)]
            for row in rows:
                if rules.is_dead(row.failed):
                    self._bury(db, row, LeaseLost.__name__)
            return [Lease(queries.value(row), token) for row in fresh]

    def _do(self, lease: Lease) -> None:
        answer = self._answers[lease.job.name]
        try:
            if isinstance(answer, Trip):
                self._travel(lease, answer)
            else:
                with self._holding(lease) as (db, row):
                    self._end(db, row, answer(db, lease.job))
        except LeaseLost:
            # lint: allow personal-out the name of a kind of work
            _log.warning("job.lease-lost", job=lease.job.id, name=lease.job.name)
        except Again as wish:
            self._after(lease, wish)
        except Exception as error:  # noqa: BLE001 - whatever a room raises, the queue goes on
            self._fail(lease, named(error))

    def _travel(self, lease: Lease, trip: Trip[Any, Any]) -> None:
        with self._holding(lease) as (db, row):
            luggage = trip.prepare(db, lease.job)
            if luggage is None:
                self._end(db, row, None)
                return
            row.lease_until = db.clock() + rules.LEASE
        back = trip.act(luggage)
        with self._holding(lease) as (db, row):
            self._end(db, row, trip.settle(db, lease.job, back))

    @contextmanager
    def _holding(self, lease: Lease) -> Iterator[tuple[Session, JobRow]]:
        with self._store.begin() as db:
            row = queries.held(db, lease)
            if row is None:
                raise LeaseLost
            yield db, row

    def _end(self, db: Session, row: JobRow, wish: Again | None) -> None:
        if wish is not None:
            row.failed = 0
            queries.wait(db, row, db.clock() + rules.again(wish.after))
            return
        queries.remove(db, row)
        self._beat(db, row)

    def _after(self, lease: Lease, wish: Again) -> None:
        with suppress(LeaseLost), self._holding(lease) as (db, row):
            self._end(db, row, wish)

    def _give_back(self, lease: Lease) -> None:
        with suppress(LeaseLost), self._holding(lease) as (db, row):
            queries.wait(db, row, row.due)

    def _fail(self, lease: Lease, error: str) -> None:
        # The message may quote a person's values, so neither row nor log ever gets it.
        # lint: allow personal-out the name of a kind of work
        _log.error("job.failed", job=lease.job.id, name=lease.job.name, error=error)
        with suppress(LeaseLost), self._holding(lease) as (db, row):
            row.failed += 1
            if rules.is_dead(row.failed):
                self._bury(db, row, error)
            else:
                queries.wait(db, row, db.clock() + rules.backoff(row.failed), error)

    def _bury(self, db: Session, row: JobRow, error: str) -> None:
        # lint: allow personal-out the name of a kind of work
        _log.error("job.dead", job=row.id, name=row.name, error=error)
        queries.bury(db, row, error)
        self._beat(db, row)

    def _beat(self, db: Session, row: JobRow) -> None:
        period = self._schedule.get(row.name)
        if period is not None and row.once == _EVERY + row.name:
            due = rules.next_time(row.due, period, db.clock())
            enqueue(db, row.name, due=due, once=row.once)
