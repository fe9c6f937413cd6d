"""What comes round for grants: ends, lapsed asks, reviews that are late."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import glass, grants, queries, rules
from shouyue.privacy.clearance.types import Stage, Why
from shouyue.privacy.looks import service as looks

SWEEP, EXPIRE = "clearance.sweep", "clearance.expire"


def sweep(db: Session, _job: Job) -> None:
    """Write down the end of what is over, and press for the reviews that are late.

    A grant opens nothing from its end on, whether or not this has run.
    """
    for row in queries.run_out(db, db.clock() - rules.UNANSWERED):
        over = Why.TIME if row.stage == Stage.LIVE else Why.UNANSWERED
        grants.close(db, row, over, "house")
    glass.press(db)


def expire(db: Session, _job: Job) -> None:
    """Delete grants after three years, as long as the looks that they allowed."""
    queries.drop_before(db, db.clock() - looks.KEPT)


ANSWERS: Mapping[str, Answer] = {SWEEP: sweep, EXPIRE: expire}
SCHEDULE: Mapping[str, timedelta] = {SWEEP: timedelta(minutes=10), EXPIRE: timedelta(days=1)}
