"""SQL in, values out, for people: accounts, codes, tickets, sessions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import rules
from shouyue.people.accounts.tables import (
    AccountRow,
    ChallengeRow,
    SessionRow,
    SpentTicketRow,
)
from shouyue.people.accounts.types import Account, AccountState


def add_once(db: Session, table: type[Table], **values: Any) -> bool:
    """Insert a row unless one like it is there; tell whether it was inserted."""
    insert: Any = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    # Without the option SQLAlchemy forgets the count of an INSERT on PostgreSQL.
    return _count(db, statement.execution_options(preserve_rowcount=True)) == 1


def account(db: ReadSession, subject: SubjectId) -> Account | None:
    """Return a person's account."""
    row = db.get(AccountRow, subject)
    return _account(row) if row else None


def account_by_public_id(db: ReadSession, public_id: str) -> Account | None:
    """Return the account with a public id."""
    row = db.scalar(sa.select(AccountRow).where(AccountRow.public_id == public_id))
    return _account(row) if row else None


def people_after(db: ReadSession, after: str, most: int) -> list[SubjectId]:
    """Return the people whose account is not over, by id, from behind the one named on."""
    over = [AccountState.ERASED.value, AccountState.CLOSED_RESTRICTED.value]
    chosen = sa.select(AccountRow.subject).where(
        AccountRow.subject > after, AccountRow.state.not_in(over)
    )
    rows = db.scalars(chosen.order_by(AccountRow.subject).limit(most))
    return [SubjectId(row) for row in rows]


def set_state(db: Session, subject: SubjectId, before: AccountState, after: AccountState) -> bool:
    """Move an account; tell whether it still stood where the caller saw it."""
    statement = (
        sa.update(AccountRow)
        .where(AccountRow.subject == subject, AccountRow.state == before.value)
        .values(state=after.value)
    )
    return _count(db, statement) == 1


def take_turn(db: Session, *counted: str) -> None:
    """Wait until no other unit of work counts codes by any of these, given in a fixed order."""
    if db.get_bind().dialect.name == "postgresql":  # elsewhere one writer works at a time
        for one in counted:
            mark = sa.func.hashtextextended(one, 0)
            db.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


def last_code_at(db: ReadSession, target: str) -> datetime | None:
    """Return when the newest code went to a phone."""
    return db.scalar(sa.select(sa.func.max(ChallengeRow.at)).where(ChallengeRow.target == target))


def codes_to(db: ReadSession, target: str, since: datetime) -> int:
    """Return how many codes went to a phone."""
    return _codes(db, ChallengeRow.target == target, since)


def codes_from(db: ReadSession, client: str, since: datetime) -> int:
    """Return how many codes a client address has asked for."""
    return _codes(db, ChallengeRow.client == client, since)


def close_codes(db: Session, target: str, at: datetime) -> None:
    """End all open codes of a phone: only the newest counts."""
    db.execute(
        sa.update(ChallengeRow)
        .where(ChallengeRow.target == target, ChallengeRow.used_at.is_(None))
        .values(used_at=at)
    )


def spend_try(db: Session, challenge: str, at: datetime) -> ChallengeRow | None:
    """Count one try and return the challenge, or None if it is used, too old or tried enough."""
    statement = (
        sa.update(ChallengeRow)
        .where(
            ChallengeRow.id == challenge,
            ChallengeRow.used_at.is_(None),
            ChallengeRow.tries < rules.CODE_TRIES,
            ChallengeRow.at > at - rules.CODE_LIFE,
        )
        .values(tries=ChallengeRow.tries + 1)
    )
    if _count(db, statement) == 0:
        return None
    return db.get(ChallengeRow, challenge, populate_existing=True)


def is_spent(db: ReadSession, ticket: str) -> bool:
    """Tell whether a ticket has been used."""
    return db.get(SpentTicketRow, ticket) is not None


def spend(db: Session, ticket: str, at: datetime) -> bool:
    """Use a ticket up; tell whether this was the first time."""
    return add_once(db, SpentTicketRow, id=ticket, at=at)


def session(db: ReadSession, fingerprint: str, at: datetime) -> SessionRow | None:
    """Return the live session with this fingerprint."""
    row = db.scalar(
        sa.select(SessionRow).where(
            SessionRow.fingerprint == fingerprint, SessionRow.ended_at.is_(None)
        )
    )
    return row if row and _alive(row, at) else None


def sessions(db: ReadSession, subject: SubjectId, at: datetime) -> list[SessionRow]:
    """Return a person's live sessions, last seen first."""
    rows = db.scalars(
        sa.select(SessionRow)
        .where(SessionRow.subject == subject, SessionRow.ended_at.is_(None))
        .order_by(SessionRow.last_seen.desc(), SessionRow.id.desc())
    )
    return [row for row in rows if _alive(row, at)]


def end_sessions(
    db: Session, subject: SubjectId, at: datetime, *, only: str = "", but: str = ""
) -> int:
    """End a person's sessions, all or only one, or all but one; return how many."""
    statement = (
        sa.update(SessionRow)
        .where(SessionRow.subject == subject, SessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )
    if only:
        statement = statement.where(SessionRow.id == only)
    if but:
        statement = statement.where(SessionRow.id != but)
    return _count(db, statement)


def forget_sessions(db: Session, subject: SubjectId) -> int:
    """Delete all of a person's session rows."""
    return _count(db, sa.delete(SessionRow).where(SessionRow.subject == subject))


def sweep(db: Session, at: datetime) -> None:
    """Delete codes after a day, spent tickets after an hour, dead sessions after 12 months."""
    db.execute(sa.delete(ChallengeRow).where(ChallengeRow.at <= at - rules.CODE_WINDOW))
    db.execute(sa.delete(SpentTicketRow).where(SpentTicketRow.at <= at - 6 * rules.TICKET_LIFE))
    old = at - rules.SESSION_RECORD
    db.execute(sa.delete(SessionRow).where(SessionRow.last_seen <= old))


def _alive(row: SessionRow, at: datetime) -> bool:
    return rules.alive(
        row.made_at, row.last_seen, at, idle=rules.SESSION_IDLE, life=rules.SESSION_LIFE
    )


def _codes(db: ReadSession, whose: sa.ColumnElement[bool], since: datetime) -> int:
    counted = sa.select(sa.func.count()).select_from(ChallengeRow)
    return db.scalar(counted.where(whose, ChallengeRow.at > since)) or 0


def _count(db: Session, statement: Any) -> int:
    result: Any = db.execute(statement)
    return int(result.rowcount)


def _account(row: AccountRow) -> Account:
    return Account(SubjectId(row.subject), row.public_id, AccountState(row.state), row.made_at)
