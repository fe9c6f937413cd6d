"""The clearance room's SQL: rows in, values out, nothing decided."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance.tables import (
    ClearanceGrant,
    ClearancePaper,
    ClearanceReach,
    VaultAccess,
)
from shouyue.privacy.clearance.types import Grant, Reader, Stage, Verdict, Wanted, Way
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_LOOK = ("id", "at", "subject", "actor", "role", "purpose", "basis", "case", "reason", "items")
_add_looks = Bulk(VaultAccess.__table__, (*_LOOK, "leaf", "permit"))

OPEN = (Stage.ASKED.value, Stage.LIVE.value)


def add_looks(db: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write looks down: rows in the order of the table's columns."""
    _add_looks(db, rows)


def take_turn(db: Session, member: str) -> None:
    """Wait until no other unit of work counts looks or makes and ends grants of this member."""
    if db.unit.dialect.name == "postgresql":  # elsewhere one writer works at a time
        mark = sa.func.hashtextextended(member, 0)
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


def in_turn(db: Session, grant_id: str) -> ClearanceGrant | None:
    """Return a grant as of now; whoever else would change it waits until this unit ends."""
    wanted = sa.select(ClearanceGrant).where(ClearanceGrant.id == grant_id)
    fresh = wanted.with_for_update().execution_options(populate_existing=True)
    return db.scalars(fresh).first()


def reach(db: Session, grant_id: str, pairs: Iterable[tuple[str, Item]]) -> None:
    """Write down whom and what a grant reaches."""
    db.add_all(ClearanceReach(permit=grant_id, subject=who, item=item) for who, item in pairs)
    db.flush()


def covering(
    db: ReadSession, reader: Reader, subject: str, items: Collection[Item]
) -> Sequence[str]:
    """Return the live grants of the reader's post and purpose that reach all the items.

    A grant of a case covers looks for that case alone; one without a case, any case of the person.
    """
    reached = (
        sa.select(ClearanceReach.permit)
        .where(ClearanceReach.subject == subject, ClearanceReach.item.in_(items))
        .group_by(ClearanceReach.permit)
        .having(sa.func.count() == len(set(items)))
    )
    found = sa.select(ClearanceGrant.id).where(
        ClearanceGrant.member == reader.actor,
        ClearanceGrant.post == reader.role,
        ClearanceGrant.purpose == reader.purpose.value,
        ClearanceGrant.stage == Stage.LIVE.value,
        ClearanceGrant.until > db.clock(),
        ClearanceGrant.case.in_({"", reader.case}),
        ClearanceGrant.id.in_(reached),
    )
    # The newest word counts: who has an approved grant need not look under a broken glass.
    return db.scalars(found.order_by(ClearanceGrant.way, ClearanceGrant.until.desc())).all()


def for_minors(db: ReadSession, grants: Collection[str]) -> Sequence[str]:
    """Return those of the grants that were approved for a minor."""
    found = sa.select(ClearanceGrant.id).where(
        ClearanceGrant.id.in_(grants), ClearanceGrant.minors.is_(True)
    )
    return db.scalars(found).all()


def of_member(db: Session, member: str, kept: Collection[str] = ()) -> Sequence[ClearanceGrant]:
    """Return a member's open grants but for those of the kept posts, in turn."""
    found = sa.select(ClearanceGrant).where(
        ClearanceGrant.member == member,
        ClearanceGrant.stage.in_(OPEN),
        ClearanceGrant.post.not_in(kept),
    )
    return db.scalars(found.order_by(ClearanceGrant.id).with_for_update()).all()


def holders(db: ReadSession) -> set[str]:
    """Return every member with an ask that waits or a grant that lives."""
    return set(db.scalars(sa.select(ClearanceGrant.member).where(ClearanceGrant.stage.in_(OPEN))))


def run_out(db: Session, asked_before: datetime) -> Sequence[ClearanceGrant]:
    """Return live grants past their time and asks from before a moment, in turn."""
    over = sa.and_(ClearanceGrant.stage == Stage.LIVE.value, ClearanceGrant.until <= db.clock())
    stale = sa.and_(
        ClearanceGrant.stage == Stage.ASKED.value, ClearanceGrant.asked_at <= asked_before
    )
    found = sa.select(ClearanceGrant).where(sa.or_(over, stale))
    return db.scalars(found.order_by(ClearanceGrant.id).with_for_update()).all()


def overdue(db: ReadSession, member: str = "") -> Sequence[ClearanceGrant]:
    """Return broken glass that nobody reviewed in time; of one member only, if told."""
    found = sa.select(ClearanceGrant).where(
        ClearanceGrant.review_due <= db.clock(), ClearanceGrant.reviewed_at.is_(None)
    )
    if member:
        found = found.where(ClearanceGrant.member == member)
    return db.scalars(found.order_by(ClearanceGrant.id)).all()


def asked(db: ReadSession, after: datetime) -> list[Grant]:
    """Return the asks of after a moment that wait for an answer, oldest first."""
    found = sa.select(ClearanceGrant).where(
        ClearanceGrant.stage == Stage.ASKED.value, ClearanceGrant.asked_at > after
    )
    return _values(db, found.order_by(ClearanceGrant.asked_at, ClearanceGrant.id))


def unreviewed(db: ReadSession) -> list[Grant]:
    """Return broken glass that waits for its review, the most urgent first."""
    found = sa.select(ClearanceGrant).where(
        ClearanceGrant.review_due.is_not(None), ClearanceGrant.reviewed_at.is_(None)
    )
    return _values(db, found.order_by(ClearanceGrant.review_due, ClearanceGrant.id))


def register(db: ReadSession, wanted: Wanted, most: int | None, after: int = 0) -> list[Grant]:
    """Return the last grants that fit, or all of them, the newest first, after so many."""
    found = sa.select(ClearanceGrant)
    if wanted.live:
        live = ClearanceGrant.stage == Stage.LIVE.value
        found = found.where(live, ClearanceGrant.until > db.clock())
    if wanted.member:
        found = found.where(ClearanceGrant.member == wanted.member)
    if wanted.purpose:
        found = found.where(ClearanceGrant.purpose == wanted.purpose)
    if wanted.subject:
        theirs = sa.select(ClearanceReach.permit).where(ClearanceReach.subject == wanted.subject)
        found = found.where(ClearanceGrant.id.in_(theirs))
    newest = found.order_by(ClearanceGrant.asked_at.desc(), ClearanceGrant.id.desc())
    return _values(db, newest.limit(most).offset(after))


def some(db: ReadSession, ids: Collection[str]) -> list[Grant]:
    """Return grants by their ids."""
    return _values(db, sa.select(ClearanceGrant).where(ClearanceGrant.id.in_(ids)))


def papers(db: ReadSession, member: str, kind: str) -> Mapping[str, ClearancePaper]:
    """Return what a member has signed or passed of a kind, by version."""
    found = sa.select(ClearancePaper).where(
        ClearancePaper.member == member, ClearancePaper.kind == kind
    )
    return {row.version: row for row in db.scalars(found)}


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


def drop_before(db: Session, before: datetime) -> int:
    """Delete looks and grants from before a moment and return how many looks."""
    old = len(db.scalars(sa.select(VaultAccess.id).where(VaultAccess.at < before)).all())
    db.execute(sa.delete(VaultAccess).where(VaultAccess.at < before))
    gone = sa.select(ClearanceGrant.id).where(
        ClearanceGrant.asked_at < before,
        ClearanceGrant.stage.not_in(OPEN),
        # A review that is owed is owed for as long as it takes.
        sa.or_(ClearanceGrant.review_due.is_(None), ClearanceGrant.reviewed_at.is_not(None)),
    )
    ids = db.scalars(gone).all()
    db.execute(sa.delete(ClearanceReach).where(ClearanceReach.permit.in_(ids)))
    db.execute(sa.delete(ClearanceGrant).where(ClearanceGrant.id.in_(ids)))
    return old


def _values(db: ReadSession, wanted: sa.Select[ClearanceGrant]) -> list[Grant]:
    rows = db.scalars(wanted).all()
    found = sa.select(ClearanceReach).where(ClearanceReach.permit.in_([row.id for row in rows]))
    reached: dict[str, dict[SubjectId, tuple[Item, ...]]] = {}
    for one in db.scalars(found.order_by(ClearanceReach.subject, ClearanceReach.item)):
        theirs = reached.setdefault(one.permit, {})
        theirs[SubjectId(one.subject)] = (*theirs.get(SubjectId(one.subject), ()), Item(one.item))
    return [_value(row, reached.get(row.id, {})) for row in rows]


def _value(row: ClearanceGrant, reached: Mapping[SubjectId, tuple[Item, ...]]) -> Grant:
    return Grant(
        id=row.id,
        way=Way(row.way),
        stage=Stage(row.stage),
        member=row.member,
        post=row.post,
        purpose=Purpose(row.purpose),
        reach=reached,
        need=row.need,
        case=row.case,
        minutes=row.minutes,
        minors=row.minors,
        asked_at=row.asked_at,
        answered_by=row.answered_by,
        answered_post=row.answered_post,
        answered_at=row.answered_at,
        until=row.until,
        ended_at=row.ended_at,
        why=row.why,
        told=row.told,
        review_due=row.review_due,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
    )


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
