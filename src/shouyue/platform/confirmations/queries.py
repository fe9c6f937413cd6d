"""SQL in, values out."""

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations.tables import ConfirmationRow
from shouyue.platform.confirmations.types import Answer
from shouyue.platform.papers.types import Role


def word(db: ReadSession, confirmation: str) -> ConfirmationRow | None:
    """Return one person's own word."""
    return db.get(ConfirmationRow, confirmation)


def of_case(db: ReadSession, case: str) -> dict[Role, ConfirmationRow]:
    """Return the own words of a case, by role."""
    rows = db.scalars(sa.select(ConfirmationRow).where(ConfirmationRow.case == case))
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
    return db.scalars(chosen).one_or_none()


def drop(db: Session, case: str, *roles: Role) -> int:
    """Delete the own words of a case in these roles and return how many rows went."""
    chosen = [role.value for role in roles]
    found = db.execute(
        sa.delete(ConfirmationRow).where(
            ConfirmationRow.case == case, ConfirmationRow.role.in_(chosen)
        )
    )
    return int(found.rowcount)  # type: ignore[attr-defined]  # a DELETE counts its rows
