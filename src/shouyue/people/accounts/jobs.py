"""What the accounts room does by schedule and when a bell rings."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import platform, queries
from shouyue.privacy.policy.purposes import Purpose


def sweep(db: Session, _job: Job) -> None:
    """Delete codes, spent tickets and session records that are past their time; run hourly."""
    queries.sweep(db, db.clock())


def forget_profile(db: Session, job: Job) -> None:
    """Answer `consent.withdrawn`, `.void`, `.expired`, `.stale`: no consent, no avatar (P1b)."""
    if job.args["purpose"] == Purpose.P1b.value:
        platform.forget_profile(db, SubjectId(str(job.args["subject"])))
