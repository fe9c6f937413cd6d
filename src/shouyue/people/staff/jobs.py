"""Scheduled work of the staff room."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.staff import queries


def sweep(db: Session, _job: Job) -> None:
    """Delete session records that are past their time; run daily."""
    queries.sweep(db, db.clock())
