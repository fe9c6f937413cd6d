"""The case file for the room that decides: found and moved by id, shown as values."""

from collections.abc import Mapping
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.onboarding import casework, checks, queries
from shouyue.platform.onboarding.tables import CaseRow
from shouyue.platform.onboarding.types import Case, CaseState, Decision, Event, Reason
from shouyue.platform.papers import required
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Term
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault.errors import NotHeld


def case(db: ReadSession, case_id: str) -> Case:
    """Return a case; raise NoCase."""
    return _case(casework.need(db, case_id))


def exists(db: ReadSession, case_id: str) -> bool:
    """Tell whether there still is such a case: an erased one leaves its jobs behind."""
    return queries.case(db, case_id) is not None


def mine(db: ReadSession, applicant: SubjectId) -> Case:
    """Return the live case of a person; raise NoCase."""
    return _case(casework.of(db, applicant))


def in_state(db: ReadSession, *states: CaseState) -> list[Case]:
    """Return the cases in these states, longest waiting first."""
    return [_case(row) for row in queries.in_state(db, states)]


def companies(db: ReadSession, applicant: SubjectId) -> list[SubjectId]:
    """Return the companies that a person applied for, oldest first."""
    return [SubjectId(row.enterprise) for row in queries.of_applicant(db, applicant)]


def speaks_for(db: ReadSession, subject: SubjectId) -> SubjectId:
    """Return who reads the news of a subject: of a company who applied for it, else themselves."""
    return SubjectId(queries.applicant_of(db, subject) or subject)


def certified_at(db: ReadSession, case_id: str) -> datetime | None:
    """Return when a case was last found in order; None where it never was."""
    return queries.certified_at(db, case_id)


def whose(db: ReadSession, case_id: str, item: Item) -> SubjectId:
    """Return under which subject an item of a case is kept; raise NoCase, NotHeld."""
    row = casework.need(db, case_id)
    if item in required.ENTERPRISE:
        return SubjectId(row.enterprise)
    for role, party in queries.parties(db, row.id).items():
        if item in required.ROLES[role]:
            return SubjectId(party.subject)
    raise NotHeld(item=item.value)


def checked(db: ReadSession, case_id: str) -> dict[CheckCode, CheckOutcome]:
    """Return what the machine said last."""
    return queries.checks(db, case_id)


def events(db: ReadSession, case_id: str) -> tuple[Event, ...]:
    """Return the moves of a case, oldest first."""
    return queries.events(db, case_id)


def decisions(db: ReadSession, case_id: str) -> list[Decision]:
    """Return what was decided, oldest first."""
    found = queries.decisions(db, case_id)
    return [Decision(row.version, row.reviewer, row.outcome) for row in found]


def check(db: Session, case_id: str) -> dict[CheckCode, CheckOutcome]:
    """Check a case anew; raise NoCase."""
    return checks.run(db, casework.need(db, case_id))


def terms(db: Session, case_id: str) -> tuple[Term, Term]:
    """Return the terms of licence and card; raise NoCase."""
    return checks.terms(db, casework.need(db, case_id))


def decide(db: Session, case_id: str, outcome: str, staff: str) -> None:
    """Write down a decision that moves nothing yet, or needs no reasons; raise NoCase."""
    casework.decide(db, casework.need(db, case_id), outcome, staff, {})


def certify(db: Session, case_id: str, cause: str, actor: str) -> None:
    """Certify, or go on being certified; raise NoCase, NoSuchMove."""
    row = casework.need(db, case_id)
    casework.move(db, row, CaseState.APPROVED, cause, actor)
    row.decided_at = db.clock()


def move(
    db: Session, case_id: str, after: CaseState, cause: str, actor: str = casework.SYSTEM
) -> None:
    """Move a case because of the time or by its applicant; raise NoCase, NoSuchMove."""
    casework.move(db, casework.need(db, case_id), after, cause, actor)


def send_back(db: Session, case_id: str, reasons: Mapping[Item, Reason], staff: str) -> None:
    """Ask the applicant for more, field by field; raise NoCase, NoSuchMove."""
    casework.send_back(db, casework.need(db, case_id), reasons, staff)


def reject(db: Session, case_id: str, reasons: Mapping[Item, Reason], staff: str) -> None:
    """Refuse a case, field by field; raise NoCase, NoSuchMove."""
    row = casework.need(db, case_id)
    casework.decide(db, row, CaseState.REJECTED.value, staff, reasons)
    casework.reject(db, row, next(iter(reasons.values())), staff)


def tell(db: Session, case_id: str, template: str, facts: dict[str, str | int]) -> None:
    """Send the applicant a notice about the case; raise NoCase."""
    casework.tell(db, casework.need(db, case_id), template, facts)


def _case(row: CaseRow) -> Case:
    enterprise, state = SubjectId(row.enterprise), CaseState(row.state)
    return Case(row.id, enterprise, state, row.version, row.submitted_at, row.touched_at)
