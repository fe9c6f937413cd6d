"""SQL in, values out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.staff import rules
from shouyue.people.staff.errors import BadStaff
from shouyue.people.staff.tables import StaffPasskeyRow, StaffRow, StaffSessionRow
from shouyue.people.staff.types import StaffMember, StaffRole


def by_login(db: ReadSession, login: str) -> StaffRow | None:
    """Return the member with a login name."""
    return db.scalar(sa.select(StaffRow).where(StaffRow.login == login))


def in_turn(db: Session, row: StaffRow) -> StaffRow:
    """Return the member as of now; other attempts to enter wait until this unit of work ends."""
    db.refresh(row, with_for_update=True)
    return row


def by_id(db: ReadSession, staff_id: str) -> StaffRow:
    """Return a member; raise BadStaff."""
    row = db.get(StaffRow, staff_id)
    if row is None:
        raise BadStaff
    return row


def all_rows(db: ReadSession) -> list[StaffRow]:
    """Return every member, by login name."""
    return list(db.scalars(sa.select(StaffRow).order_by(StaffRow.login)))


def as_member(row: StaffRow) -> StaffMember:
    """Return a row as a value."""
    return StaffMember(row.id, row.login, frozenset(map(StaffRole, row.roles)), row.active)


def count_failure(db: Session, row: StaffRow, at: datetime) -> None:
    """Count a failure; the fifth locks and starts the count anew."""
    row.failures += 1
    if row.failures >= rules.TRIES:
        row.failures, row.locked_until = 0, at + rules.LOCK
    db.flush()


def use_step(db: Session, staff_id: str, step: int) -> bool:
    """Use up a one-time code's step; tell whether this request was the first."""
    statement = (
        sa.update(StaffRow)
        .where(StaffRow.id == staff_id, StaffRow.otp_step < step)
        .values(otp_step=step)
    )
    result: Any = db.execute(statement)
    return int(result.rowcount) == 1


def session(
    db: ReadSession, fingerprint: str, at: datetime
) -> tuple[StaffSessionRow, StaffRow] | None:
    """Return the live session with this fingerprint and its active member."""
    found = db.execute(
        sa.select(StaffSessionRow, StaffRow)
        .join(StaffRow, StaffRow.id == StaffSessionRow.staff)
        .where(
            StaffSessionRow.fingerprint == fingerprint,
            StaffSessionRow.ended_at.is_(None),
            StaffRow.active,
        )
    ).first()
    if found is None:
        return None
    row = found[0]
    live = rules.alive(row.made_at, row.last_seen, at)
    return (row, found[1]) if live else None


def end_sessions(db: Session, staff_id: str, at: datetime) -> None:
    """End all sessions of a member."""
    db.execute(
        sa.update(StaffSessionRow)
        .where(StaffSessionRow.staff == staff_id, StaffSessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )


def passkeys(db: ReadSession, staff_id: str) -> list[StaffPasskeyRow]:
    """Return a member's passkeys, oldest first."""
    wanted = sa.select(StaffPasskeyRow).where(StaffPasskeyRow.staff == staff_id)
    return list(db.scalars(wanted.order_by(StaffPasskeyRow.made_at)))


def passkey(db: ReadSession, credential: str) -> StaffPasskeyRow | None:
    """Return the passkey with a credential id."""
    return db.get(StaffPasskeyRow, credential)


def add_passkey(db: Session, row: StaffPasskeyRow) -> None:
    """Keep a passkey."""
    db.add(row)
    db.flush()


def sweep(db: Session, at: datetime) -> None:
    """Delete session records after twelve months."""
    old = at - rules.SESSION_RECORD
    db.execute(sa.delete(StaffSessionRow).where(StaffSessionRow.last_seen <= old))
