"""SQL of the job room: values in, values out."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Dead, Job, Lease, NewJob, State
from shouyue.ground.store.asked import Asked
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session

_JOBS = JobRow.metadata.tables[JobRow.__tablename__]
_TOLD = ("id", "name", "subject", "args", "due", "once")
_add = Bulk(
    _JOBS,
    (*_TOLD, "state", "attempt", "failed", "last_error"),
    "ON CONFLICT DO NOTHING RETURNING id",
)
_waiting = Asked(
    sa.select(_JOBS.c.id, _JOBS.c.due)
    .where(_JOBS.c.once == sa.bindparam("once"), _JOBS.c.state == State.WAITING.value)
    .with_for_update(read=True)
)


def add(db: Session, job: NewJob) -> bool:
    """Insert a waiting job; answer no if its key is taken by another one that waits."""
    whose = str(job.args.get("subject", ""))
    told = job.id, job.name, whose, dict(job.args), job.due, job.once
    return bool(_add(db, [(*told, State.WAITING.value, 0, 0, "")]))


def join(db: Session, once: str, due: datetime) -> str | None:
    """Hold the waiting job of this key until commit, bring it forward to `due`; return its id.

    The share lock keeps a worker on PostgreSQL from running it before the caller's facts are there.
    """
    found = next(iter(_waiting(db, once=once)), None)
    if found is None:
        return None
    if found.due > due:
        db.execute(sa.update(JobRow).where(JobRow.id == found.id).values(due=due))
    return str(found.id)


def ready(names: Collection[str], at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of a job that may be claimed at this moment."""
    return JobRow.name.in_(names) & (
        ((JobRow.state == State.WAITING) & (JobRow.due <= at))
        | ((JobRow.state == State.LEASED) & (JobRow.lease_until <= at))
    )


def any_ready(db: ReadSession, names: Collection[str], at: datetime) -> bool:
    """Tell whether there is anything to claim."""
    return bool(db.scalar(sa.select(sa.exists().where(ready(names, at)))))


def claim(
    db: Session, names: Collection[str], count: int, until: datetime, token: str
) -> list[JobRow]:
    """Lease up to `count` ready jobs, earliest first; each claim counts as an attempt."""
    rows = db.scalars(
        sa.select(JobRow)
        .where(ready(names, db.clock()))
        .order_by(JobRow.due, JobRow.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.failed += row.state == State.LEASED  # its last holder was killed on the way
        row.state, row.lease_until, row.lease_token = State.LEASED, until, token
        row.attempt += 1
    db.flush()
    return list(rows)


def held(db: Session, lease: Lease) -> JobRow | None:
    """Return the row, locked, if the lease is still the newest; None otherwise."""
    return db.scalars(
        sa.select(JobRow)
        .where(JobRow.id == lease.job.id, JobRow.lease_token == lease.token)
        .where(JobRow.state == State.LEASED)
        .with_for_update()
    ).first()


def wait(db: Session, row: JobRow, due: datetime, error: str = "") -> None:
    """Let a leased job wait again. It gives way to a newer one that waits under the same key."""
    try:
        with db.begin_nested():
            row.state, row.due, row.last_error = State.WAITING, due, error
            row.lease_token = row.lease_until = None
            db.flush()
    except IntegrityError:
        remove(db, row)


def bury(db: Session, row: JobRow, error: str) -> None:
    """Keep a job as dead."""
    row.state, row.last_error, row.lease_token, row.lease_until = State.DEAD, error, None, None
    db.flush()


def remove(db: Session, row: JobRow) -> None:
    """Delete a job."""
    db.delete(row)
    db.flush()


def buried(db: Session, job_id: str) -> JobRow | None:
    """Return a dead job's row, locked."""
    return db.scalars(
        sa.select(JobRow).where(JobRow.id == job_id, JobRow.state == State.DEAD).with_for_update()
    ).first()


def planned(db: ReadSession, latest: Mapping[str, datetime]) -> set[str]:
    """Return those of the keys whose job runs, or waits for a moment up to the latest one."""
    living = JobRow.state.in_((State.WAITING, State.LEASED))
    found = sa.select(JobRow.once, JobRow.state, JobRow.due)
    rows = db.execute(found.where(JobRow.once.in_(latest), living))
    return {
        key
        for key, state, due in rows
        if key is not None and (state == State.LEASED or due <= latest[key])
    }


def counts(db: ReadSession) -> dict[State, int]:
    """Return how many jobs stand in each state."""
    rows = db.execute(sa.select(JobRow.state, sa.func.count()).group_by(JobRow.state)).all()
    return {State(state): count for state, count in rows}


def dead(db: ReadSession, limit: int) -> list[Dead]:
    """Return dead jobs, latest due first."""
    rows = db.scalars(
        sa.select(JobRow)
        .where(JobRow.state == State.DEAD)
        .order_by(JobRow.due.desc(), JobRow.id)
        .limit(limit)
    )
    return [Dead(value(row), row.last_error) for row in rows]


def value(row: JobRow) -> Job:
    """Return the row as its answer sees it."""
    return Job(row.id, row.name, row.subject, row.args, row.attempt, row.due)


def end_leases(db: Session, at: datetime) -> None:
    """Let every lease end at this moment; who held one settles nothing any more."""
    leased = JobRow.state == State.LEASED
    db.execute(sa.update(JobRow).where(leased, JobRow.lease_until > at).values(lease_until=at))
