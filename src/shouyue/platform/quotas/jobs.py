"""What the quota room does when a day has gone by."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.platform.quotas import service

EXPIRE = "quotas.expire"


def expire(db: Session, _job: Job) -> None:
    """Delete what is past its time."""
    service.expire(db)
