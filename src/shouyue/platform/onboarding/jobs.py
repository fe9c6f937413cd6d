"""Answers of the onboarding room to its own times and to the bells of the rooms below."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.onboarding import casework, named, queries, rules, service
from shouyue.platform.onboarding.tables import CaseRow
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose

SWEEP = "onboarding.sweep"


def overdue(db: Session, job: Job) -> None:
    """Fifteen working days are over: refuse what was not confirmed."""
    if row := _case(db, job):
        named.lapse(db, row)


def erase(db: Session, job: Job) -> None:
    """The time to appeal is over: erase the values of a case that is over."""
    row = _case(db, job)
    if row and row.state in rules.OVER:
        casework.erase(db, row)


def withdrawn(db: Session, job: Job) -> None:
    """Answer the bells of consent for certification; a stale yes is asked for again, not over."""
    ours = job.args.get("purpose") == Purpose.P2 and not job.args.get("recipient")
    if ours and job.name != "consent.stale":
        named.withdrawn(db, SubjectId(job.subject_ref))


@control(Clause.C2_1_2_b, says="A draft left alone for 30 days is erased.")
def sweep(db: Session, _job: Job) -> None:
    """Erase drafts, and refuse cases sent back, that nobody touched for 30 days; run daily."""
    for row in queries.untouched(db, db.clock() - rules.DRAFT_LIFE):
        if row.state == CaseState.DRAFT:
            service.drop(db, row)
        else:
            casework.reject(db, row, Reason.LEFT_ALONE)


ANSWERS: Mapping[str, Answer] = {
    confirmations.OVERDUE: overdue,
    casework.ERASE: erase,
    SWEEP: sweep,
}
"""The room's own jobs. `withdrawn` is for assembly to join to the bells of consent."""

SCHEDULE: Mapping[str, timedelta] = {SWEEP: timedelta(hours=24)}


def _case(db: Session, job: Job) -> CaseRow | None:
    return queries.case(db, str(job.args["case"]))
