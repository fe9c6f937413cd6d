"""What the handling room does when a day has gone by."""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.platform.handling import service

EXPIRE = "handling.expire"


def expire(db: Session, _job: Job) -> None:
    """Delete what is past its time, group after group."""
    if service.expire(db):
        jobs.enqueue(db, EXPIRE)
