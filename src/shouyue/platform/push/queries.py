"""SQL in, values out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.push import rules
from shouyue.platform.push.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow
from shouyue.platform.push.types import (
    Attempt,
    Delivery,
    DeliveryState,
    Subscription,
    SubscriptionState,
)

_OPEN = DeliveryRow.state.in_([state.value for state in rules.OPEN])


def subscription(row: SubscriptionRow) -> Subscription:
    """Return the row as a value."""
    return Subscription(
        app=row.app,
        url=row.url,
        switched_on=row.switched_on,
        events=tuple(row.events),
        extra=row.extra,
        state=SubscriptionState(row.state),
        mainland=row.mainland,
        proved=row.proved,
        probed=row.probed,
        outcome=row.outcome,
    )


def subscribed(db: ReadSession, app: str, kind: str) -> SubscriptionRow | None:
    """Return the app's subscription if it is switched on for this event type."""
    row = db.get(SubscriptionRow, app)
    return row if row is not None and row.switched_on and kind in row.events else None


def switched_on(db: ReadSession) -> list[str]:
    """Return the apps with a subscription that is on."""
    return list(
        db.scalars(sa.select(SubscriptionRow.app).where(SubscriptionRow.switched_on.is_(True)))
    )


def subscriptions_of(db: ReadSession, owner: SubjectId) -> list[SubscriptionRow]:
    """Return what a person has subscribed to for the apps."""
    chosen = sa.select(SubscriptionRow).where(SubscriptionRow.owner == owner)
    return list(db.scalars(chosen.order_by(SubscriptionRow.app)))


def add_event(db: Session, values: dict[str, Any]) -> bool:
    """Insert an event; answer no if one with its event id is there."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = db.execute(
        insert(EventRow).values(values).on_conflict_do_nothing().returning(EventRow.id)
    )
    return made.scalar() is not None


def delivery(db: ReadSession, delivery_id: str) -> tuple[DeliveryRow, EventRow] | None:
    """Return a delivery with its event."""
    chosen = (
        sa.select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.id == DeliveryRow.event)
        .where(DeliveryRow.id == delivery_id)
    )
    found = db.execute(chosen).first()
    return (found[0], found[1]) if found else None


def settling(db: Session, delivery_id: str) -> DeliveryRow | None:
    """Return a delivery as it is now, locked: stopping and settling come one after the other."""
    chosen = sa.select(DeliveryRow).where(DeliveryRow.id == delivery_id).with_for_update()
    return db.scalars(chosen.execution_options(populate_existing=True)).one_or_none()


def deliveries(db: ReadSession, app: str, skip: int, count: int) -> list[Delivery]:
    """Return a stretch of an app's log, newest first."""
    chosen = (
        sa.select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.id == DeliveryRow.event)
        .where(DeliveryRow.app == app)
        .order_by(DeliveryRow.at.desc(), DeliveryRow.id.desc())
    )
    return [value(row, event) for row, event in db.execute(chosen.offset(skip).limit(count))]


def deliveries_of(db: ReadSession, subject: SubjectId) -> list[Delivery]:
    """Return every delivery about a merchant's shop, oldest first."""
    chosen = (
        sa.select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.id == DeliveryRow.event)
        .where(DeliveryRow.subject == subject)
        .order_by(DeliveryRow.at, DeliveryRow.id)
    )
    return [value(row, event) for row, event in db.execute(chosen)]


def value(row: DeliveryRow, event: EventRow) -> Delivery:
    """Return the rows as a value."""
    return Delivery(
        id=row.id,
        app=row.app,
        event_id=event.event_id,
        event=event.kind,
        biz_id=event.biz_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        status=row.status,
        millis=row.millis,
        outcome=row.outcome,
        at=row.at,
        next_at=row.next_at,
    )


def attempts(db: ReadSession, delivery_id: str) -> tuple[Attempt, ...]:
    """Return the tries of a delivery, oldest first."""
    chosen = sa.select(AttemptRow).where(AttemptRow.delivery == delivery_id)
    rows = db.scalars(chosen.order_by(AttemptRow.at, AttemptRow.id))
    return tuple(Attempt(row.at, row.status, row.millis, row.outcome) for row in rows)


def under_way(db: ReadSession, app: str) -> list[tuple[DeliveryRow, str]]:
    """Return an app's deliveries that have not ended, oldest first, each with its event type."""
    chosen = (
        sa.select(DeliveryRow, EventRow.kind)
        .join(EventRow, EventRow.id == DeliveryRow.event)
        .where(DeliveryRow.app == app, _OPEN)
        .order_by(DeliveryRow.at, DeliveryRow.id)
    )
    return [(row, kind) for row, kind in db.execute(chosen)]


def dead_since(db: ReadSession, app: str, since: datetime) -> list[DeliveryRow]:
    """Return an app's dead deliveries from a moment on whose content is still there."""
    chosen = (
        sa.select(DeliveryRow)
        .join(EventRow, EventRow.id == DeliveryRow.event)
        .where(
            DeliveryRow.app == app,
            DeliveryRow.state == DeliveryState.DEAD,
            DeliveryRow.at >= since,
            EventRow.sealed.is_not(None),
        )
        .order_by(DeliveryRow.at, DeliveryRow.id)
    )
    return list(db.scalars(chosen))


def empty_before(db: Session, at: datetime) -> int:
    """Delete the content of events taken up to `at`; end what was still on its way."""
    past = sa.select(EventRow.id).where(EventRow.taken <= at)
    db.execute(
        sa.update(DeliveryRow)
        .where(DeliveryRow.event.in_(past), _OPEN)
        .values(state=DeliveryState.DEAD, outcome="expired", next_at=None)
    )
    emptied = db.execute(
        sa.update(EventRow)
        .where(EventRow.taken <= at, EventRow.sealed.is_not(None))
        .values(sealed=None)
        .returning(EventRow.id)
    )
    return len(emptied.all())


def taken_before(at: datetime) -> sa.Select[str]:
    """Return the condition of events taken up to `at`."""
    return sa.select(EventRow.id).where(EventRow.taken <= at)


def about(subject: SubjectId) -> sa.Select[str]:
    """Return the condition of events in a merchant's shop."""
    return sa.select(EventRow.id).where(EventRow.subject == subject)


def drop(db: Session, events: sa.Select[str]) -> int:
    """Delete events with their deliveries and attempts; return how many deliveries went."""
    gone = list(db.scalars(events))
    of_them = sa.select(DeliveryRow.id).where(DeliveryRow.event.in_(gone))
    db.execute(sa.delete(AttemptRow).where(AttemptRow.delivery.in_(of_them)))
    deleted = db.execute(
        sa.delete(DeliveryRow).where(DeliveryRow.event.in_(gone)).returning(DeliveryRow.id)
    )
    count = len(deleted.all())
    db.execute(sa.delete(EventRow).where(EventRow.id.in_(gone)))
    return count
