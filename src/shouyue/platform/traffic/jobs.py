"""What the traffic room does when a day has gone by."""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.platform.traffic import service

EXPIRE = "traffic.expire"


def expire(db: Session, _job: Job) -> None:
    """Delete what is past its time; of a busy day, group after group."""
    if service.expire(db):
        jobs.enqueue(db, EXPIRE)
