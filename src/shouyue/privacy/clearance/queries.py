"""The clearance room's SQL: rows in, values out, nothing decided."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance.tables import (
    ClearanceGrant,
    ClearancePaper,
    ClearanceReach,
)
from shouyue.privacy.clearance.types import RESTRICTED, Grant, Need, Stage, Verdict, Wanted, Way
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

OPEN = (Stage.ASKED.value, Stage.LIVE.value)


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
    db: ReadSession,
    reader: Reader,
    subject: str,
    items: Collection[Item],
    restricted: Need | None = None,
) -> Sequence[str]:
    """Return the live grants of the reader's post and purpose that reach all the items.

    With `restricted`, those of that need in restricted storage; without it none of those. A grant
    of a case covers looks for that case alone; one without a case, any case of the person.
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
        ClearanceGrant.need == restricted.value
        if restricted
        else ClearanceGrant.need.not_in(sorted(RESTRICTED)),
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


def drop_before(db: Session, before: datetime) -> int:
    """Delete grants from before a moment and return how many."""
    gone = sa.select(ClearanceGrant.id).where(
        ClearanceGrant.asked_at < before,
        ClearanceGrant.stage.not_in(OPEN),
        # A review that is owed is owed for as long as it takes.
        sa.or_(ClearanceGrant.review_due.is_(None), ClearanceGrant.reviewed_at.is_not(None)),
    )
    ids = db.scalars(gone).all()
    db.execute(sa.delete(ClearanceReach).where(ClearanceReach.permit.in_(ids)))
    db.execute(sa.delete(ClearanceGrant).where(ClearanceGrant.id.in_(ids)))
    return len(ids)


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
