"""Scheduled work of the staff room."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.staff import queries
from shouyue.privacy.clearance import grants
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

SWEEP, LEAVERS = "staff.sweep", "staff.leavers"


def sweep(db: Session, _job: Job) -> None:
    """Delete session records that are past their time; run daily."""
    queries.sweep(db, db.clock())


@control(Clause.C5_1_2, says="Twice an hour it is proved that nobody who has left holds a grant.")
def leavers(db: Session, _job: Job) -> None:
    """End what anybody holds beyond their posts of now, ring for it, and write down the count.

    Leaving ends grants at once; this finds what another way of leaving forgot (INV-54).
    """
    active = {row.id: row.roles for row in queries.all_rows(db) if row.active}
    found = 0
    for member in sorted(grants.holders(db)):
        ended = grants.leave(db, member, kept=active.get(member, ()))
        if not ended:
            continue
        found += ended
        about = {"kind": "clearance.leaver-held", "where": "staff", "about": member}
        jobs.enqueue(db, "alarm.raised", about)
    ledger.append(
        db, Fact("staff.leavers-hold-none", None, {"active": len(active), "ended": found})
    )


ANSWERS: Mapping[str, Answer] = {SWEEP: sweep, LEAVERS: leavers}
SCHEDULE: Mapping[str, timedelta] = {SWEEP: timedelta(days=1), LEAVERS: timedelta(minutes=30)}
