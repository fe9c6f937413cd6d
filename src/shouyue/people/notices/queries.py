"""SQL of the notice room: values in, values out."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.notices.tables import (
    DeliveryRow,
    NoticePreference,
    NoticeRow,
    Suppression,
)
from shouyue.people.notices.types import Channel, Delivery, DeliveryState, NoticeClass


def inbox(db: ReadSession, subject: SubjectId, limit: int) -> Sequence[NoticeRow]:
    """Return a person's notices, newest first."""
    return db.scalars(
        sa.select(NoticeRow)
        .where(NoticeRow.subject == subject)
        .order_by(NoticeRow.at.desc(), NoticeRow.id.desc())
        .limit(limit)
    ).all()


def unread(db: ReadSession, subject: SubjectId) -> int:
    """Count what a person has not opened."""
    mine = (NoticeRow.subject == subject) & NoticeRow.read_at.is_(None)
    return db.scalar(sa.select(sa.func.count()).select_from(NoticeRow).where(mine)) or 0


def mine(db: ReadSession, subject: SubjectId, notice_id: str) -> NoticeRow | None:
    """Return a notice if it is this person's."""
    row = db.get(NoticeRow, notice_id)
    return row if row is not None and row.subject == subject else None


def last_survey(db: ReadSession, subject: SubjectId) -> datetime | None:
    """Return when a person was last sent a survey."""
    return db.scalar(
        sa.select(sa.func.max(NoticeRow.at)).where(
            NoticeRow.subject == subject, NoticeRow.kind == NoticeClass.SURVEY
        )
    )


def delivery(db: ReadSession, delivery_id: str) -> tuple[DeliveryRow, NoticeRow] | None:
    """Return a delivery with its notice."""
    found = db.execute(
        sa.select(DeliveryRow, NoticeRow)
        .join(NoticeRow, NoticeRow.id == DeliveryRow.notice)
        .where(DeliveryRow.id == delivery_id)
    ).first()
    return None if found is None else (found[0], found[1])


def deliveries(db: ReadSession, subject: SubjectId) -> list[Delivery]:
    """Return the record of a person's deliveries, oldest first."""
    rows = db.execute(
        sa.select(DeliveryRow, NoticeRow)
        .join(NoticeRow, NoticeRow.id == DeliveryRow.notice)
        .where(DeliveryRow.subject == subject)
        .order_by(NoticeRow.at, DeliveryRow.id)
    )
    return [_delivery(row, notice) for row, notice in rows]


def subject_of(db: ReadSession, notice_id: str) -> SubjectId | None:
    """Return whose a notice is."""
    row = db.get(NoticeRow, notice_id)
    return None if row is None else SubjectId(row.subject)


def destinations(db: ReadSession, notice_id: str) -> list[str]:
    """Return the digests of where a notice went."""
    mine = (DeliveryRow.notice == notice_id) & (DeliveryRow.destination_digest != "")
    return list(db.scalars(sa.select(DeliveryRow.destination_digest).where(mine)))


def preference(
    db: ReadSession, subject: SubjectId, kind: NoticeClass, channel: Channel
) -> NoticePreference | None:
    """Return what a person chose for a class and a channel."""
    return db.get(NoticePreference, (subject, kind.value, channel.value))


def suppressed(db: ReadSession, digest: str) -> bool:
    """Tell whether a destination wants no survey."""
    return db.get(Suppression, digest) is not None


def suppress(db: Session, digest: str, at: datetime) -> None:
    """Remember that a destination wants no survey; doing it twice is well."""
    db.merge(Suppression(digest=digest, at=at))
    db.flush()


def drop(db: Session, condition: sa.ColumnElement[bool]) -> int:
    """Delete notices with their deliveries and return how many notices went."""
    chosen = sa.select(NoticeRow.id).where(condition)
    db.execute(sa.delete(DeliveryRow).where(DeliveryRow.notice.in_(chosen)))
    gone = db.scalars(sa.delete(NoticeRow).where(condition).returning(NoticeRow.id))
    return len(gone.all())


def of_classes(kinds: Sequence[NoticeClass]) -> sa.ColumnElement[bool]:
    """Return the condition of a notice of these classes."""
    return NoticeRow.kind.in_([kind.value for kind in kinds])


def of_person(subject: SubjectId) -> sa.ColumnElement[bool]:
    """Return the condition of a person's notice."""
    return NoticeRow.subject == subject


def until(at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of a notice sent at or before a moment."""
    return NoticeRow.at <= at


def empty(db: Session, subject: SubjectId) -> None:
    """Take the facts out of a person's notices and forget what the person chose."""
    db.execute(sa.update(NoticeRow).where(NoticeRow.subject == subject).values(facts={}))
    db.execute(sa.delete(NoticePreference).where(NoticePreference.subject == subject))


def preferences(db: ReadSession, subject: SubjectId) -> Sequence[NoticePreference]:
    """Return all that a person chose."""
    return db.scalars(
        sa.select(NoticePreference)
        .where(NoticePreference.subject == subject)
        .order_by(NoticePreference.kind, NoticePreference.channel)
    ).all()


def _delivery(row: DeliveryRow, notice: NoticeRow) -> Delivery:
    return Delivery(
        id=row.id,
        notice=notice.id,
        kind=NoticeClass(notice.kind),
        template=notice.template,
        purpose=notice.purpose,
        basis=notice.basis,
        template_digest=notice.template_digest,
        channel=Channel(row.channel),
        state=DeliveryState(row.state),
        cause=row.cause,
        attempts=row.attempts,
        at=row.at,
    )
