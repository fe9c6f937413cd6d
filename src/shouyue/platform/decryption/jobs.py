"""What the decryption room does when a day has gone by."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.platform.decryption import service

EXPIRE = "decryption.expire"


def expire(db: Session, _job: Job) -> None:
    """Delete what is past its time."""
    service.expire(db)
