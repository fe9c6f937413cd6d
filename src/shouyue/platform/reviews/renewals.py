"""After certification: the half-yearly check, and papers that lapse.

Clause 2.1.2.a promises a new check at least every six months.
"""

from datetime import datetime

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import cases
from shouyue.platform.onboarding.errors import NoSuchMove
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers import checks
from shouyue.platform.reviews import rules
from shouyue.platform.reviews.errors import CheckFailed
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

REVERIFY = "reviews.reverify"
EXPIRE = "reviews.expire"


def plan(db: Session, case_id: str) -> datetime:
    """Set the next check of a certified company and return its time."""
    due = rules.next_check(db.clock(), cases.terms(db, case_id))
    _set(db, REVERIFY, case_id, due)
    return due


@control(Clause.C2_1_2_a, says="A certification is checked again at least every six months.")
def fall_due(db: Session, case_id: str, version: int) -> None:
    """Ask the applicant to say that nothing has changed, within 30 days."""
    if not _stands(db, case_id, CaseState.APPROVED, version):
        return
    cases.move(db, case_id, CaseState.REVERIFY_DUE, "time")
    _set(db, EXPIRE, case_id, db.clock() + rules.REVERIFY_GRACE)
    cases.tell(db, case_id, "certification_need_more", {"days": rules.REVERIFY_GRACE.days})


def reverify(db: Session, applicant: SubjectId) -> None:
    """Say that nothing has changed: checks run anew, and the certification goes on.

    Raises NoCase, NoSuchMove where no check is due, CheckFailed, for example for a lapsed card.
    """
    case = cases.mine(db, applicant)
    if case.state is not CaseState.REVERIFY_DUE:
        raise NoSuchMove
    if code := checks.failed(cases.check(db, case.id)):
        raise CheckFailed(check=code.value)
    cases.certify(db, case.id, "unchanged", applicant)
    plan(db, case.id)


@control(
    Clause.C6_1_1,
    Clause.C2_1_2_a,
    says="Certified papers are locked; who says that they changed is checked and reviewed anew.",
)
def reopen(db: Session, applicant: SubjectId) -> None:
    """Open a certified case for new papers, which go the whole way again (PIPL 46; 6.1.1).

    Until they have been approved the company is not certified; what they replace law may keep.
    Raises NoCase, NoSuchMove where nothing is certified.
    """
    case = cases.mine(db, applicant)
    if case.state not in {CaseState.APPROVED, CaseState.REVERIFY_DUE}:
        raise NoSuchMove
    cases.move(db, case.id, CaseState.NEED_MORE, "changed", applicant)


def run_out(db: Session, case_id: str, version: int) -> None:
    """End a certification that nobody renewed in 30 days."""
    if _stands(db, case_id, CaseState.REVERIFY_DUE, version):
        cases.move(db, case_id, CaseState.EXPIRED, Reason.LEFT_ALONE.value)
        cases.tell(db, case_id, "certification_rejected", {})


def _set(db: Session, name: str, case_id: str, due: datetime) -> None:
    # The version tells a job that the case has moved on meanwhile.
    version = cases.case(db, case_id).version
    jobs.enqueue(db, name, {"case": case_id, "version": version}, due=due)


def _stands(db: Session, case_id: str, state: CaseState, version: int) -> bool:
    case = cases.case(db, case_id)
    return (case.state, case.version) == (state, version)
