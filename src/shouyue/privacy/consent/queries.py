"""SQL in, values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.asked import Asked
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent.tables import ConsentRow, RenditionRow
from shouyue.privacy.consent.types import ConsentEvent, ConsentState, Rendition
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

_AT_ONCE = 400
_EVENTS = ConsentRow.metadata.tables[ConsentRow.__tablename__]
_add_events = Bulk(_EVENTS, [column.name for column in _EVENTS.c])
_IN_TIME = sa.select(_EVENTS).order_by(_EVENTS.c.at, _EVENTS.c.id)
_THEIRS = _IN_TIME.where(_EVENTS.c.subject == sa.bindparam("subject"))
_theirs = Asked(_THEIRS)
_for = Asked(_THEIRS.where(_EVENTS.c.purpose == sa.bindparam("purpose")))
_answered = Asked(_IN_TIME.where(_EVENTS.c.token == sa.bindparam("token")))
_WORDS = RenditionRow.metadata.tables[RenditionRow.__tablename__]
_add_words = Bulk(
    _WORDS, ("digest", "html", "lang", "kind", "policy_version", "at"), "ON CONFLICT DO NOTHING"
)


def take_turn(db: Session, *about: str) -> None:
    """Wait until no other unit of work answers this notice, or answers or ends for this person."""
    if db.unit.dialect.name == "postgresql":  # elsewhere one writer works at a time
        for one in about:
            db.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(one, 0))))


def events(
    db: ReadSession,
    subject: SubjectId,
    purpose: Purpose | None = None,
    recipient: str | None = None,
) -> list[ConsentEvent]:
    """Return a person's events, oldest first."""
    if purpose is None:
        rows = _theirs(db, subject=subject)
    else:
        rows = _for(db, subject=subject, purpose=purpose)
    return [_event(row) for row in rows if recipient is None or row.recipient == recipient]


def histories(db: ReadSession, purpose: Purpose, version: str) -> list[list[ConsentEvent]]:
    """Return all events of the purpose of each who once agreed under another version.

    One list, oldest first, for each person and recipient.
    """
    once = sa.select(_EVENTS.c.subject).where(
        _EVENTS.c.state == ConsentState.GIVEN.value,
        _EVENTS.c.purpose == purpose.value,
        _EVENTS.c.policy_version != version,
    )
    wanted = sa.select(_EVENTS).where(
        _EVENTS.c.purpose == purpose.value, _EVENTS.c.subject.in_(once)
    )
    found: dict[tuple[str, str], list[ConsentEvent]] = {}
    for row in db.connection().execute(wanted.order_by(_EVENTS.c.at, _EVENTS.c.id)):
        found.setdefault((row.subject, row.recipient), []).append(_event(row))
    return list(found.values())


def answered(db: ReadSession, token: str) -> list[ConsentEvent]:
    """Return the events that one token has caused."""
    return [_event(row) for row in _answered(db, token=token)]


def yeses(db: ReadSession, ids: Collection[str]) -> list[ConsentEvent]:
    """Return those of the events that are a yes, oldest first."""
    wanted, found = sorted(ids), list[ConsentEvent]()
    for start in range(0, len(wanted), _AT_ONCE):
        mine = _EVENTS.c.id.in_(wanted[start : start + _AT_ONCE])
        rows = _IN_TIME.where(mine, _EVENTS.c.state == ConsentState.GIVEN.value)
        found += map(_event, db.connection().execute(rows))
    return found


def add_all(db: Session, events: Sequence[tuple[ConsentEvent, str]]) -> None:
    """Write events down, each with the token that caused it, if one did."""
    _add_events(
        db,
        [
            (
                event.id,
                event.subject,
                event.purpose.value,
                event.recipient,
                [item.value for item in event.items],
                event.state.value,
                event.at,
                event.until,
                event.notice,
                token,
                event.control,
                event.lang,
                event.channel,
                event.policy_version,
                event.leaf,
            )
            for event, token in events
        ],
    )


def keep_rendition(db: Session, rendition: Rendition, at: datetime) -> None:
    """Store the words unless they are there already."""
    # Two people may be the first to answer the same notice at one moment.
    words = rendition.digest, rendition.html, rendition.lang, rendition.kind
    _add_words(db, [(*words, rendition.policy_version, at)])


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
    return [(SubjectId(who), Purpose(purpose), recipient) for who, purpose, recipient in rows]


def _event(row: Any) -> ConsentEvent:
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
