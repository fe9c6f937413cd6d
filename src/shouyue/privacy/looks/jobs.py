"""What comes round for looks: their end."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.looks import service

EXPIRE = "looks.expire"


def expire(db: Session, _job: Job) -> None:
    """Delete looks after three years."""
    service.expire(db)


ANSWERS: Mapping[str, Answer] = {EXPIRE: expire}
SCHEDULE: Mapping[str, timedelta] = {EXPIRE: timedelta(days=1)}
