"""SQL in, values out."""

from collections.abc import Sequence

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations.tables import ConfirmationRow
from shouyue.platform.confirmations.types import Answer
from shouyue.platform.papers.types import Role


def word(db: ReadSession, confirmation: str) -> ConfirmationRow | None:
    """Return one person's own word; in a unit that writes, the case's words are locked together.

    So each answer sees those before it: a try is counted, the last of two yeses moves the case.
    """
    if not isinstance(db, Session):
        return db.get(ConfirmationRow, confirmation)
    one = sa.select(ConfirmationRow.case).where(ConfirmationRow.id == confirmation)
    found = sa.select(ConfirmationRow).where(ConfirmationRow.case == one.scalar_subquery())
    rows = _locked(db, found.order_by(ConfirmationRow.id))
    return next((row for row in rows if row.id == confirmation), None)


def of_case(db: ReadSession, case: str) -> dict[Role, ConfirmationRow]:
    """Return the own words of a case, by role; locked in a unit that writes."""
    found = sa.select(ConfirmationRow).where(ConfirmationRow.case == case)
    ordered = found.order_by(ConfirmationRow.id)
    rows = _locked(db, ordered) if isinstance(db, Session) else db.scalars(ordered).all()
    return {Role(row.role): row for row in rows}


def of_subject(db: ReadSession, subject: SubjectId) -> list[ConfirmationRow]:
    """Return what a person was asked, oldest first."""
    chosen = sa.select(ConfirmationRow).where(ConfirmationRow.subject == subject)
    return list(db.scalars(chosen.order_by(ConfirmationRow.id)))


def waiting(db: ReadSession, applicant: SubjectId, role: Role) -> ConfirmationRow | None:
    """Return the word that an applicant's live case waits for in a role; there is one live case."""
    chosen = sa.select(ConfirmationRow).where(
        ConfirmationRow.applicant == applicant,
        ConfirmationRow.role == role.value,
        ConfirmationRow.answer == Answer.WAITING.value,
        ConfirmationRow.closed_at.is_(None),
    )
    rows = _locked(db, chosen) if isinstance(db, Session) else db.scalars(chosen).all()
    return next(iter(rows), None)


def drop(db: Session, case: str, *roles: Role) -> int:
    """Delete the own words of a case in these roles and return how many rows went."""
    chosen = [role.value for role in roles]
    found = db.execute(
        sa.delete(ConfirmationRow).where(
            ConfirmationRow.case == case, ConfirmationRow.role.in_(chosen)
        )
    )
    return int(found.rowcount)  # type: ignore[attr-defined]  # a DELETE counts its rows


def _locked(db: Session, chosen: sa.Select[ConfirmationRow]) -> Sequence[ConfirmationRow]:
    fresh = chosen.with_for_update().execution_options(populate_existing=True)
    return db.scalars(fresh).all()
