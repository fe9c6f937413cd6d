"""SQL in, values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent.tables import ConsentRow, RenditionRow
from shouyue.privacy.consent.types import ConsentEvent, ConsentState, Rendition
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_AT_ONCE = 400


def events(
    db: ReadSession,
    subject: SubjectId,
    purpose: Purpose | None = None,
    recipient: str | None = None,
) -> list[ConsentEvent]:
    """Return a person's events, oldest first."""
    wanted = sa.select(ConsentRow).where(ConsentRow.subject == subject)
    if purpose is not None:
        wanted = wanted.where(ConsentRow.purpose == purpose.value)
    if recipient is not None:
        wanted = wanted.where(ConsentRow.recipient == recipient)
    rows = db.scalars(wanted.order_by(ConsentRow.at, ConsentRow.id))
    return [_event(row) for row in rows]


def answered(db: ReadSession, token: str) -> list[ConsentEvent]:
    """Return the events that one token has caused."""
    rows = db.scalars(
        sa.select(ConsentRow)
        .where(ConsentRow.token == token)
        .order_by(ConsentRow.at, ConsentRow.id)
    )
    return [_event(row) for row in rows]


def yeses(db: ReadSession, ids: Collection[str]) -> list[ConsentEvent]:
    """Return those of the events that are a yes, oldest first."""
    wanted, found = sorted(ids), list[ConsentEvent]()
    for start in range(0, len(wanted), _AT_ONCE):
        mine = ConsentRow.id.in_(wanted[start : start + _AT_ONCE])
        rows = sa.select(ConsentRow).where(mine, ConsentRow.state == ConsentState.GIVEN.value)
        found += map(_event, db.scalars(rows.order_by(ConsentRow.id)))
    return found


def add(db: Session, event: ConsentEvent, token: str = "") -> None:
    """Write one event down."""
    row = ConsentRow(
        id=event.id,
        subject=event.subject,
        purpose=event.purpose.value,
        recipient=event.recipient,
        items=[item.value for item in event.items],
        state=event.state.value,
        at=event.at,
        until=event.until,
        notice=event.notice,
        token=token,
        control=event.control,
        lang=event.lang,
        channel=event.channel,
        policy_version=event.policy_version,
        leaf=event.leaf,
    )
    db.add(row)
    db.flush()


def keep_rendition(db: Session, rendition: Rendition, at: datetime) -> None:
    """Store the words unless they are there already."""
    dialect = db.get_bind().dialect.name
    # Two people may be the first to answer the same notice at one moment.
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    values = {
        "digest": rendition.digest,
        "html": rendition.html,
        "lang": rendition.lang,
        "kind": rendition.kind,
        "policy_version": rendition.policy_version,
        "at": at,
    }
    db.execute(insert(RenditionRow).values(**values).on_conflict_do_nothing())


def rendition(db: ReadSession, digest: str) -> Rendition | None:
    """Return the words with this digest."""
    row = db.get(RenditionRow, digest)
    if row is None:
        return None
    return Rendition(row.digest, row.html, row.lang, row.kind, row.policy_version)


def lapsed(db: ReadSession, at: datetime) -> list[tuple[SubjectId, Purpose, str]]:
    """Return whose yes has run out by now and may still lack its event."""
    rows = db.execute(
        sa.select(ConsentRow.subject, ConsentRow.purpose, ConsentRow.recipient)
        .where(ConsentRow.state == ConsentState.GIVEN.value, ConsentRow.until <= at)
        .distinct()
    )
    return _keys(rows.all())


def given_before(
    db: ReadSession, purpose: Purpose, version: str
) -> list[tuple[SubjectId, Purpose, str]]:
    """Return who once said yes to a purpose under another version of the policy."""
    rows = db.execute(
        sa.select(ConsentRow.subject, ConsentRow.purpose, ConsentRow.recipient)
        .where(
            ConsentRow.state == ConsentState.GIVEN.value,
            ConsentRow.purpose == purpose.value,
            ConsentRow.policy_version != version,
        )
        .distinct()
    )
    return _keys(rows.all())


def _keys(rows: Sequence[sa.Row[str, str, str]]) -> list[tuple[SubjectId, Purpose, str]]:
    return [(SubjectId(row[0]), Purpose(row[1]), row[2]) for row in rows]


def _event(row: ConsentRow) -> ConsentEvent:
    return ConsentEvent(
        id=row.id,
        subject=SubjectId(row.subject),
        purpose=Purpose(row.purpose),
        recipient=row.recipient,
        items=tuple(Item(item) for item in row.items),
        state=ConsentState(row.state),
        at=row.at,
        until=row.until,
        notice=row.notice,
        control=row.control,
        lang=row.lang,
        channel=row.channel,
        policy_version=row.policy_version,
        leaf=row.leaf,
    )
