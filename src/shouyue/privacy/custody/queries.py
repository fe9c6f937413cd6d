"""SQL of custody: rows in, values out, nothing decided."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.custody.tables import CustodyGround, CustodyValue, LegalHold
from shouyue.privacy.custody.types import Ground, GroundKind, Hold, HoldStage, Kept
from shouyue.privacy.policy.items import Item


def value(db: ReadSession, value_id: str) -> CustodyValue | None:
    """Return one value, locked until the unit of work ends."""
    found = sa.select(CustodyValue).where(CustodyValue.id == value_id)
    locked = found.with_for_update() if isinstance(db, Session) else found
    return db.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def values(
    db: ReadSession, subject: str | None = None, most: int | None = None
) -> Sequence[CustodyValue]:
    """Return what is in custody, of one person or of all, the newest first."""
    found = sa.select(CustodyValue).order_by(CustodyValue.at.desc(), CustodyValue.id.desc())
    if subject is not None:
        found = found.where(CustodyValue.subject == subject)
    return db.scalars(found.limit(most)).all()


def count(db: ReadSession) -> tuple[int, int]:
    """Return how many values are in custody, and of how many people."""
    counted = sa.select(sa.func.count(), sa.func.count(CustodyValue.subject.distinct()))
    found = db.execute(counted.select_from(CustodyValue)).one()
    return found[0], found[1]


def of_minor(db: ReadSession, subject: str) -> bool:
    """Tell whether the person was known to be a minor when something of theirs came."""
    found = sa.select(CustodyValue.id).where(
        CustodyValue.subject == subject, CustodyValue.minor.is_(True)
    )
    return db.scalar(found.limit(1)) is not None


def came_from(db: ReadSession, origins: Collection[str], item: str) -> Sequence[CustodyValue]:
    """Return the values of an item that came into custody from one of the keys."""
    return db.scalars(
        sa.select(CustodyValue).where(CustodyValue.origin.in_(origins), CustodyValue.item == item)
    ).all()


def under(db: ReadSession, key: str) -> Sequence[CustodyValue]:
    """Return the values that a key seals."""
    found = sa.select(CustodyValue).where(CustodyValue.key == key)
    return db.scalars(found.order_by(CustodyValue.id)).all()


def kept_by(db: Session, ref: str) -> Sequence[CustodyValue]:
    """Return the values that a hold or statute keeps."""
    ids = sa.select(CustodyGround.value).where(CustodyGround.ref == ref)
    found = sa.select(CustodyValue).where(CustodyValue.id.in_(ids)).order_by(CustodyValue.id)
    return db.scalars(found).all()


def over(db: ReadSession, at: datetime, most: int) -> Sequence[CustodyValue]:
    """Return values that nothing keeps any longer."""
    lasting = sa.select(CustodyGround.value).where(CustodyGround.until > at)
    found = sa.select(CustodyValue).where(CustodyValue.id.not_in(lasting))
    return db.scalars(found.order_by(CustodyValue.id).limit(most)).all()


def next_end(db: ReadSession, after: datetime, before: datetime) -> datetime | None:
    """Return the first moment between these two at which a value loses a ground."""
    first = sa.select(sa.func.min(CustodyGround.until, type_=Instant))
    return db.scalar(first.where(CustodyGround.until > after, CustodyGround.until <= before))


def grounds(db: ReadSession, value_id: str) -> tuple[Ground, ...]:
    """Return the grounds of a value, the last to end first."""
    found = sa.select(CustodyGround).where(CustodyGround.value == value_id)
    rows = db.scalars(found.order_by(CustodyGround.until.desc(), CustodyGround.id))
    return tuple(Ground(GroundKind(row.kind), row.ref, row.until) for row in rows)


def set_grounds(db: Session, value_id: str, new: Collection[Ground]) -> None:
    """Put these grounds in place of the value's earlier ones."""
    db.execute(sa.delete(CustodyGround).where(CustodyGround.value == value_id))
    db.add_all(
        CustodyGround(
            id=db.new_id(), value=value_id, kind=one.kind.value, ref=one.ref, until=one.until
        )
        for one in new
    )
    db.flush()


def drop(db: Session, row: CustodyValue) -> None:
    """Delete a value with its grounds, and its object once the unit has committed."""
    if row.object_name is not None:
        db.objects.delete(row.object_name)
    db.execute(sa.delete(CustodyGround).where(CustodyGround.value == row.id))
    db.delete(row)
    db.flush()


def known_objects(db: ReadSession, names: Collection[str]) -> set[str]:
    """Return those of the names that a value has."""
    found = sa.select(CustodyValue.object_name).where(CustodyValue.object_name.in_(names))
    return {name for name in db.scalars(found) if name}


def kept(db: ReadSession, row: CustodyValue) -> Kept:
    """Return a row as a value, with its grounds."""
    subject, item = SubjectId(row.subject), Item(row.item)
    return Kept(row.id, subject, item, row.media_type, row.at, grounds(db, row.id))


def hold(db: ReadSession, hold_id: str) -> LegalHold | None:
    """Return one hold, locked until the unit of work ends."""
    found = sa.select(LegalHold).where(LegalHold.id == hold_id)
    locked = found.with_for_update() if isinstance(db, Session) else found
    return db.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def open_holds(db: ReadSession, subject: str, at: datetime) -> list[Hold]:
    """Return the holds on a person that are open and not over."""
    found = sa.select(LegalHold).where(
        LegalHold.subject == subject, LegalHold.stage == HoldStage.OPEN, LegalHold.until > at
    )
    return [hold_value(row) for row in db.scalars(found.order_by(LegalHold.id))]


def holds(db: ReadSession, most: int) -> list[Hold]:
    """Return the last holds, the newest first."""
    found = sa.select(LegalHold).order_by(LegalHold.asked_at.desc(), LegalHold.id.desc())
    return [hold_value(row) for row in db.scalars(found.limit(most))]


def ever_open(db: ReadSession) -> Sequence[LegalHold]:
    """Return the holds that are open, or were."""
    stages = [HoldStage.OPEN, HoldStage.RELEASED, HoldStage.EXPIRED]
    held = LegalHold.stage.in_(stages) & LegalHold.answered_at.is_not(None)
    return db.scalars(sa.select(LegalHold).where(held).order_by(LegalHold.id)).all()


def over_holds(db: Session, at: datetime) -> Sequence[LegalHold]:
    """Return holds whose time is over and that say they are open, or wait, locked."""
    living = LegalHold.stage.in_([HoldStage.OPEN, HoldStage.ASKED])
    found = sa.select(LegalHold).where(living, LegalHold.until <= at)
    return db.scalars(found.order_by(LegalHold.id).with_for_update()).all()


def drop_holds(db: Session, before: datetime) -> None:
    """Delete holds that ended, or came to nothing, before a moment."""
    last = sa.func.coalesce(LegalHold.ended_at, LegalHold.answered_at)
    living = [HoldStage.ASKED, HoldStage.OPEN]
    db.execute(sa.delete(LegalHold).where(LegalHold.stage.not_in(living), last < before))


def waiting_holds(db: ReadSession, staff_id: str) -> int:
    """Return how many holds of others wait for this member of staff."""
    found = sa.select(sa.func.count()).where(
        LegalHold.stage == HoldStage.ASKED, LegalHold.asked_by != staff_id
    )
    return db.scalar(found) or 0


def holds_on(db: ReadSession, subject: str) -> list[Hold]:
    """Return every hold that was ever placed on a person."""
    found = sa.select(LegalHold).where(LegalHold.subject == subject)
    return [hold_value(row) for row in db.scalars(found.order_by(LegalHold.id))]


def hold_value(row: LegalHold) -> Hold:
    """Return a hold as a value."""
    return Hold(
        id=row.id,
        subject=SubjectId(row.subject),
        kind=GroundKind(row.kind),
        case=row.case,
        items=tuple(map(Item, row.items)),
        until=row.until,
        stage=HoldStage(row.stage),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answered_by=row.answered_by or "",
        answered_at=row.answered_at,
        ended_by=row.ended_by or "",
        ended_at=row.ended_at,
    )
