"""SQL in, values out."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.onboarding import rules
from shouyue.platform.onboarding.tables import CaseRow, CheckRow, DecisionRow, EventRow, PartyRow
from shouyue.platform.onboarding.types import CaseState, Event
from shouyue.platform.papers.types import CheckCode, CheckOutcome, Role


def case(db: ReadSession, case_id: str) -> CaseRow | None:
    """Return a case."""
    return db.get(CaseRow, case_id)


def live(db: ReadSession, applicant: SubjectId) -> CaseRow | None:
    """Return the one case of a person that is not over."""
    return db.scalars(sa.select(CaseRow).where(CaseRow.live == applicant)).one_or_none()


def latest(db: ReadSession, applicant: SubjectId) -> CaseRow | None:
    """Return the live case of a person, or the last one."""
    newest = (
        sa.select(CaseRow)
        .where(CaseRow.applicant == applicant)
        .order_by(CaseRow.live.is_(None), CaseRow.made_at.desc(), CaseRow.id.desc())
        .limit(1)
    )
    return db.scalars(newest).one_or_none()


def of_applicant(db: ReadSession, applicant: SubjectId) -> list[CaseRow]:
    """Return all cases of a person, oldest first."""
    chosen = sa.select(CaseRow).where(CaseRow.applicant == applicant)
    return list(db.scalars(chosen.order_by(CaseRow.made_at, CaseRow.id)))


def applicant_of(db: ReadSession, enterprise: SubjectId) -> str | None:
    """Return who applied for a company."""
    return db.scalar(sa.select(CaseRow.applicant).where(CaseRow.enterprise == enterprise))


def in_state(db: ReadSession, states: Collection[CaseState]) -> list[CaseRow]:
    """Return the cases in these states, longest waiting first."""
    chosen = sa.select(CaseRow).where(CaseRow.state.in_([state.value for state in states]))
    return list(db.scalars(chosen.order_by(CaseRow.touched_at, CaseRow.id)))


def untouched(db: ReadSession, before: datetime) -> list[CaseRow]:
    """Return cases in the applicant's hands that nobody touched since a moment."""
    states = [state.value for state in rules.EDITABLE]
    chosen = sa.select(CaseRow).where(CaseRow.state.in_(states), CaseRow.touched_at <= before)
    return list(db.scalars(chosen))


def advance(db: Session, row: CaseRow, after: CaseState) -> bool:
    """Move a case if nobody else has moved it meanwhile."""
    found = db.execute(
        sa.update(CaseRow)
        .where(CaseRow.id == row.id, CaseRow.version == row.version, CaseRow.state == row.state)
        .values(state=after.value, version=CaseRow.version + 1, touched_at=db.clock())
        .execution_options(synchronize_session=False)
    )
    db.refresh(row)
    return bool(found.rowcount)  # type: ignore[attr-defined]  # an UPDATE counts its rows


def certified_elsewhere(db: ReadSession, code_mac: str, applicant: str) -> bool:
    """Tell whether another person's company is certified under this code."""
    states = [state.value for state in rules.CERTIFIED]
    chosen = sa.select(CaseRow.id).where(
        CaseRow.code_mac == code_mac, CaseRow.applicant != applicant, CaseRow.state.in_(states)
    )
    return db.scalars(chosen.limit(1)).first() is not None


def parties(db: ReadSession, case_id: str) -> dict[Role, PartyRow]:
    """Return who holds the roles."""
    rows = db.scalars(sa.select(PartyRow).where(PartyRow.case == case_id))
    return {Role(row.role): row for row in rows}


def seats(db: ReadSession, subject: SubjectId) -> list[PartyRow]:
    """Return every role that a person holds or held."""
    return list(db.scalars(sa.select(PartyRow).where(PartyRow.subject == subject)))


def seated_elsewhere(db: ReadSession, party: PartyRow) -> bool:
    """Tell whether the person holds the same role in another live case."""
    chosen = (
        sa.select(PartyRow.case)
        .join(CaseRow, CaseRow.id == PartyRow.case)
        .where(
            PartyRow.subject == party.subject,
            PartyRow.role == party.role,
            PartyRow.case != party.case,
            CaseRow.live.is_not(None),
        )
    )
    return db.scalars(chosen.limit(1)).first() is not None


def checks(db: ReadSession, case_id: str) -> dict[CheckCode, CheckOutcome]:
    """Return what the machine said."""
    rows = db.scalars(sa.select(CheckRow).where(CheckRow.case == case_id))
    return {CheckCode(row.code): CheckOutcome(row.outcome) for row in rows}


def drop_checks(db: Session, case_id: str) -> None:
    """Forget earlier results; new ones follow."""
    db.execute(sa.delete(CheckRow).where(CheckRow.case == case_id))


def events(db: ReadSession, case_id: str) -> tuple[Event, ...]:
    """Return the moves of a case, oldest first."""
    chosen = sa.select(EventRow).where(EventRow.case == case_id).order_by(EventRow.at, EventRow.id)
    return tuple(
        Event(row.at, row.before, row.after, row.cause, row.actor) for row in db.scalars(chosen)
    )


def certified_at(db: ReadSession, case_id: str) -> datetime | None:
    """Return when a case was last found in order; None where it never was."""
    last = sa.select(sa.func.max(EventRow.at, type_=Instant))
    return db.scalar(last.where(EventRow.case == case_id, EventRow.after == CaseState.APPROVED))


def decisions(db: ReadSession, case_id: str) -> list[DecisionRow]:
    """Return what reviewers decided, oldest first."""
    chosen = sa.select(DecisionRow).where(DecisionRow.case == case_id)
    return list(db.scalars(chosen.order_by(DecisionRow.at, DecisionRow.id)))


def drop_case(db: Session, case_id: str) -> int:
    """Delete a case with everything that belongs to it and return how many rows went."""
    gone = 0
    for table in (PartyRow, CheckRow, EventRow, DecisionRow):
        found = db.execute(sa.delete(table).where(table.case == case_id))
        gone += found.rowcount  # type: ignore[attr-defined]  # a DELETE counts its rows
    db.execute(sa.delete(CaseRow).where(CaseRow.id == case_id))
    return gone + 1
