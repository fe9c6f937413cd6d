"""The clock of grounds: emergencies end by themselves."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import emergencies

LAPSE = "emergency.lapse"
SCHEDULE = {LAPSE: timedelta(minutes=5)}


def lapse(db: Session, _job: Job) -> None:
    """End the emergencies whose time is over, and drop what nobody confirmed."""
    emergencies.lapse(db)


ANSWERS: Mapping[str, Answer] = {LAPSE: lapse}
