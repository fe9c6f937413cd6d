"""The clock of grounds: emergencies end by themselves, proof that is due no more goes."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import emergencies, holder

LAPSE, EXPIRE = "emergency.lapse", "grounds.expire"
SCHEDULE = {LAPSE: timedelta(minutes=5), EXPIRE: timedelta(days=1)}


def lapse(db: Session, _job: Job) -> None:
    """End the emergencies whose time is over."""
    emergencies.lapse(db)


def expire(db: Session, _job: Job) -> None:
    """Delete old proof."""
    holder.expire(db)


ANSWERS: Mapping[str, Answer] = {LAPSE: lapse, EXPIRE: expire}
