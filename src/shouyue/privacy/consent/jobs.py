"""Scheduled work of the consent room."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.consent import service


def expire(db: Session, _job: Job) -> None:
    """Switch off each yes whose time has run out; run every few minutes."""
    service.expire(db)
