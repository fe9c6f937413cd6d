"""Answers of the reviews room to its own times. A case that was erased meanwhile is passed over."""

from collections.abc import Mapping

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import cases
from shouyue.platform.reviews import renewals, service


def photos(db: Session, job: Job) -> None:
    """Thirty days after the check: destroy the photos of the card."""
    if case := _case(db, job):
        service.destroy_photos(db, case)


def reverify(db: Session, job: Job) -> None:
    """Half a year is over, or a paper lapses soon: ask for a new check."""
    if case := _case(db, job):
        renewals.fall_due(db, case, int(job.args["version"]))


def expire(db: Session, job: Job) -> None:
    """Nobody renewed: the certification ends."""
    if case := _case(db, job):
        renewals.run_out(db, case, int(job.args["version"]))


ANSWERS: Mapping[str, Answer] = {
    service.PHOTOS: photos,
    renewals.REVERIFY: reverify,
    renewals.EXPIRE: expire,
}


def _case(db: Session, job: Job) -> str:
    case = str(job.args["case"])
    return case if cases.exists(db, case) else ""
