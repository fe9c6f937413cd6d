"""Answers of the editions to bells."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.editions import service
from shouyue.privacy.policy import service as policy

_CHECK = "editions.check"
SCHEDULE = {_CHECK: timedelta(hours=1)}


def check(db: Session, _job: Job) -> None:
    """Raise an alarm while a server goes on under an edition that another has replaced."""
    now, running = service.in_force(db, db.clock()), policy.active().version.number
    if now is not None and now.number != running:
        told = {"kind": "editions.superseded", "where": "policy", "about": now.number}
        jobs.enqueue(db, "alarm.raised", told)


ANSWERS: Mapping[str, Answer] = {_CHECK: check}
