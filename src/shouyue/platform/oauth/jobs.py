"""What the authorisation server does when a day has gone by."""

from datetime import timedelta

from shouyue.ground.jobs.types import Again, Job
from shouyue.ground.store.session import Session
from shouyue.platform.oauth import service

EXPIRE = "oauth.expire"
_BREATH = timedelta(seconds=1)


def expire(db: Session, _job: Job) -> Again | None:
    """Delete codes and tokens that ended thirty days ago, a thousand at a time."""
    return Again(_BREATH) if service.expire(db) else None
