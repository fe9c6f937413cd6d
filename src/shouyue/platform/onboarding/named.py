"""The people named in a case: asked, heard, and let go; what an answer does to the case.

An answer takes effect in the transaction that records it. Clauses 2.1.2.b, 2.1.2.c, 2.5; INV-35.
"""

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts.types import Tried
from shouyue.platform.confirmations import answers
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.confirmations.types import Call, Given, Identity
from shouyue.platform.onboarding import casework, forms, queries
from shouyue.platform.onboarding.tables import CaseRow
from shouyue.platform.onboarding.types import CaseState, Reason
from shouyue.platform.papers.types import Role
from shouyue.privacy.consent.types import Control
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


def ask(db: Session, row: CaseRow) -> None:
    """Ask each person who has not confirmed these values yet; go on if both have."""
    seats = queries.parties(db, row.id).items()
    named = {role: SubjectId(party.subject) for role, party in seats}
    call = Call(row.id, SubjectId(row.applicant), SubjectId(row.enterprise), named)
    confirmations.ask(db, call)
    _go_on(db, row)


def confirm(
    db: Session, token: str, who: Identity, told: str, *, control: Control
) -> Tried[CaseState]:
    """Take a person's own yes and return where the case stands; values then rest on that yes.

    The door commits, then calls `take`: a wrong name stays counted. Raises what
    `answers.confirm` raises.
    """
    tried = answers.confirm(db, token, who, told, control=control)
    if tried.refusal is not None:
        return Tried(refusal=tried.refusal)
    given = tried.take()
    row = casework.need(db, given.case)
    forms.rest_on_consent(db, queries.parties(db, row.id)[given.role])
    casework.tell(db, row, "confirmed_by_subject", {"role": given.role.value})
    _go_on(db, row)
    return Tried(CaseState(row.state))


@control(
    Clause.C2_1_2_c,
    says="An objection ends the case at once and destroys the keys of the person's data.",
)
@control(
    Clause.C2_5,
    says="Who is named objects without an account, and what was held about them is destroyed.",
    lacks="Whether a new function is linked to an old purpose is not yet decided on record.",
)
def object_to(db: Session, token: str) -> None:
    """Take a no: the case is refused and what it held about the person is gone.

    Whoever holds the link may stop the use; only agreeing needs proof. Raises LinkOver.
    """
    given = answers.object_to(db, token)
    _let_go(db, given)
    row = casework.need(db, given.case)
    casework.reject(db, row, Reason.OBJECTED)
    casework.tell(db, row, "objected_by_subject", {"role": given.role.value})


def lapse(db: Session, row: CaseRow) -> None:
    """Refuse a case in which somebody has not answered in 15 working days; erase their data."""
    late = answers.lapse(db, row.id)
    for given in late:
        _let_go(db, given)
    if late:
        casework.reject(db, row, Reason.NO_ANSWER)


@control(
    Clause.C2_1_2_b,
    Clause.C6_1_2_c,
    Clause.C6_2_1,
    says="Taking the consent back ends the certification, erases what rested on it alone, and "
    "leaves the account open.",
)
def withdrawn(db: Session, subject: SubjectId) -> None:
    """End what rested on a person's consent: as applicant, or as one of the people named.

    Since their yes, a named person's values rest on nothing else, so they go in any state.
    """
    rows = {row.id: row for row in queries.of_applicant(db, subject)}
    for given in answers.take_back(db, subject):
        rows[given.case] = row = casework.need(db, given.case)
        casework.let_go(db, queries.parties(db, row.id)[given.role])
    for row in rows.values():
        casework.stop(db, row)


def _let_go(db: Session, given: Given) -> None:
    for party in queries.parties(db, given.case).values():
        if party.subject == given.subject:
            casework.let_go(db, party)


def _go_on(db: Session, row: CaseRow) -> None:
    if confirmations.agreed(db, row.id, *Role):
        casework.move(db, row, CaseState.MANUAL_REVIEW, "all-confirmed")
