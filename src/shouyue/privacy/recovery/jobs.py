"""Answers of recovery to bells."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.recovery import service

_SETTLE = "recovery.settle"
SCHEDULE = {_SETTLE: timedelta(hours=1)}


def settle(db: Session, _job: Job) -> None:
    """Copy destructions that the journal lacks, and take back lines of units that failed."""
    service.settle(db)


ANSWERS: Mapping[str, Answer] = {_SETTLE: settle}
