"""The looks room's SQL: rows in, values out, nothing decided."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.looks.tables import RefusedLook, VaultAccess
from shouyue.privacy.policy.items import Item

_LOOK = ("id", "at", "subject", "actor", "role", "purpose", "basis", "case", "reason", "items")
_add_looks = Bulk(VaultAccess.__table__, (*_LOOK, "leaf", "permit"))


def add_looks(db: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write looks down: rows in the order of the table's columns."""
    _add_looks(db, rows)


def take_turn(db: Session, member: str) -> None:
    """Wait until no other unit of work counts looks or makes and ends grants of this member."""
    if db.unit.dialect.name == "postgresql":  # elsewhere one writer works at a time
        mark = sa.func.hashtextextended(member, 0)
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


def accesses(
    db: ReadSession, people: Collection[str], most: int | None = None, skip: int = 0
) -> Sequence[VaultAccess]:
    """Return the looks at these people, newest first: all, or so many after the first `skip`."""
    found = sa.select(VaultAccess).where(VaultAccess.subject.in_(people)).limit(most).offset(skip)
    return db.scalars(found.order_by(VaultAccess.at.desc(), VaultAccess.id.desc())).all()


def looks_since(db: ReadSession, subject: str, since: datetime) -> dict[str, int]:
    """Return how many looks at a person there were since a moment, by the role of who looked."""
    mine = (VaultAccess.subject == subject, VaultAccess.at >= since)
    found = sa.select(VaultAccess.role, sa.func.count()).where(*mine)
    return {row[0]: row[1] for row in db.execute(found.group_by(VaultAccess.role))}


def looks_under(db: ReadSession, grants: Collection[str]) -> Mapping[str, int]:
    """Return how many looks each of the grants has carried."""
    counted = sa.select(VaultAccess.permit, sa.func.count()).where(VaultAccess.permit.in_(grants))
    return {row[0]: row[1] for row in db.execute(counted.group_by(VaultAccess.permit))}


def looked_since(db: ReadSession, actor: str, since: datetime, until: datetime) -> list[str]:
    """Return the person behind each look of an actor between two moments."""
    return list(db.scalars(sa.select(VaultAccess.subject).where(*_by(actor, since, until))))


def looks_by(
    db: ReadSession, actor: str, since: datetime, until: datetime
) -> list[tuple[str, Sequence[str]]]:
    """Return whom an actor looked at between two moments, and the codes of what, look by look."""
    found = sa.select(VaultAccess.subject, VaultAccess.items).where(*_by(actor, since, until))
    return [(row.subject, row.items) for row in db.execute(found)]


def _by(actor: str, since: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return VaultAccess.at >= since, VaultAccess.at < until, VaultAccess.actor == actor


def refused_since(db: ReadSession, actor: str, since: datetime) -> Sequence[RefusedLook]:
    """Return what was refused since a moment, to one member if told, oldest first."""
    found = sa.select(RefusedLook).where(RefusedLook.at >= since)
    if actor:
        found = found.where(RefusedLook.actor == actor)
    fresh = found.execution_options(populate_existing=True)
    return db.scalars(fresh.order_by(RefusedLook.at, RefusedLook.id)).all()


def refused(db: ReadSession, actor: str, most: int) -> Sequence[RefusedLook]:
    """Return the last looks that were refused, of one member if told, the newest first."""
    found = sa.select(RefusedLook)
    if actor:
        found = found.where(RefusedLook.actor == actor)
    newest = found.order_by(RefusedLook.at.desc(), RefusedLook.id.desc())
    return db.scalars(newest.limit(most)).all()


def drop_before(db: Session, before: datetime) -> int:
    """Delete looks, and those that were refused, from before a moment; return how many looks."""
    db.execute(sa.delete(RefusedLook).where(RefusedLook.at < before))
    gone = sa.delete(VaultAccess).where(VaultAccess.at < before).returning(VaultAccess.id)
    return len(db.scalars(gone).all())


def last_looks(db: ReadSession) -> dict[Item, datetime]:
    """Return when each item was last looked at, whoever it is about."""
    together = sa.cast(VaultAccess.items, sa.Text)  # few different lists, however many looks
    found: dict[Item, datetime] = {}
    for said, at in db.execute(
        sa.select(together, sa.func.max(VaultAccess.at, type_=Instant)).group_by(together)
    ):
        for code in json.loads(said):
            found[Item(code)] = max(at, found.get(Item(code), at))
    return found
