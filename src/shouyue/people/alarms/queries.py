"""SQL of the alarm room: values in, values out."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.alarms import rules
from shouyue.people.alarms.tables import AlarmDayRow, AlarmRow
from shouyue.people.alarms.types import Alarm, AlarmState, CloseReason

_LIVES = AlarmRow.state != AlarmState.CLOSED
_LARGEST = 2_000_000_000


def count_again(db: Session, key: tuple[str, str, str], times: int) -> str | None:
    """Count a living alarm of this kind, place and about; return its id, None without one."""
    found = db.execute(
        sa.update(AlarmRow)
        .where(AlarmRow.kind == key[0], AlarmRow.place == key[1], AlarmRow.about == key[2], _LIVES)
        .values(
            count=sa.case(
                (AlarmRow.count < _LARGEST - times, AlarmRow.count + times), else_=_LARGEST
            ),
            last_at=db.clock(),
        )
        .returning(AlarmRow.id)
    )
    return found.scalar()


def open_new(db: Session, key: tuple[str, str, str], times: int) -> str | None:
    """Open an alarm and return its id; None when another opened it a moment ago."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    now = db.clock()
    values = {
        "id": db.new_id(),
        "kind": key[0],
        "place": key[1],
        "about": key[2],
        "state": AlarmState.OPEN,
        "first_at": now,
        "last_at": now,
        "count": times,
        "seen_by": "",
        "closed_by": "",
        "reason": "",
    }
    made = insert(AlarmRow).values(values).on_conflict_do_nothing().returning(AlarmRow.id)
    return db.execute(made).scalar()


def count_day(db: Session, kind: str, place: str, day: date, times: int) -> None:
    """Add to what was noticed on a day."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"kind": kind, "place": place, "day": day, "count": times}
    made = insert(AlarmDayRow).values(values)
    before = AlarmDayRow.count
    more = sa.case((before < _LARGEST - times, before + times), else_=_LARGEST)
    db.execute(
        made.on_conflict_do_update(
            index_elements=[AlarmDayRow.kind, AlarmDayRow.place, AlarmDayRow.day],
            set_={"count": more},
        )
    )


def days(db: ReadSession, kind: str, since: date, until: date) -> dict[str, int]:
    """Return how often a kind was noticed by place on the days in [since, until)."""
    found = db.execute(
        sa.select(AlarmDayRow.place, sa.func.sum(AlarmDayRow.count))
        .where(AlarmDayRow.kind == kind, AlarmDayRow.day >= since, AlarmDayRow.day < until)
        .group_by(AlarmDayRow.place)
        .order_by(AlarmDayRow.place)
    )
    return {str(place): int(count) for place, count in found}


def drop_days(db: Session, before: date) -> None:
    """Delete the counts of days before this one."""
    db.execute(sa.delete(AlarmDayRow).where(AlarmDayRow.day < before))


def crowded(db: ReadSession, kind: str, place: str) -> bool:
    """Tell whether as many alarms of a kind live at a place as may."""
    living = sa.select(sa.func.count()).where(
        AlarmRow.kind == kind, AlarmRow.place == place, _LIVES
    )
    return int(db.scalar(living) or 0) >= rules.MOST_ABOUT


def row(db: Session, alarm_id: str) -> AlarmRow | None:
    """Return an alarm's row, locked."""
    return db.scalars(sa.select(AlarmRow).where(AlarmRow.id == alarm_id).with_for_update()).first()


def living(db: ReadSession, limit: int) -> list[Alarm]:
    """Return alarms that are not closed, the newest first."""
    found = sa.select(AlarmRow).where(_LIVES).order_by(AlarmRow.last_at.desc(), AlarmRow.id.desc())
    return [value(one) for one in db.scalars(found.limit(limit))]


def closed(db: ReadSession, limit: int) -> list[Alarm]:
    """Return closed alarms, the last closed first."""
    found = sa.select(AlarmRow).where(AlarmRow.state == AlarmState.CLOSED)
    ordered = found.order_by(AlarmRow.closed_at.desc(), AlarmRow.id.desc())
    return [value(one) for one in db.scalars(ordered.limit(limit))]


def opened(db: ReadSession) -> int:
    """Return how many alarms nobody has seen."""
    return int(db.scalar(sa.select(sa.func.count()).where(AlarmRow.state == AlarmState.OPEN)) or 0)


def about(db: ReadSession, subject: SubjectId) -> list[Alarm]:
    """Return all alarms about a person, oldest first."""
    found = sa.select(AlarmRow).where(AlarmRow.about == subject).order_by(AlarmRow.first_at)
    return [value(one) for one in db.scalars(found)]


def drop_closed(db: Session, wanted: sa.ColumnElement[bool]) -> int:
    """Delete those closed alarms that are wanted gone; return how many."""
    result: Any = db.execute(sa.delete(AlarmRow).where(AlarmRow.state == AlarmState.CLOSED, wanted))
    return int(result.rowcount)


def of_person(subject: SubjectId) -> sa.ColumnElement[bool]:
    """Return the condition of an alarm about a person."""
    return AlarmRow.about == subject


def closed_before(at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of an alarm that was closed by this moment."""
    return AlarmRow.closed_at <= at


def value(row: AlarmRow) -> Alarm:
    """Return a row as the value that leaves the room."""
    return Alarm(
        id=row.id,
        kind=row.kind,
        where=row.place,
        about=row.about,
        state=AlarmState(row.state),
        first_at=row.first_at,
        last_at=row.last_at,
        count=row.count,
        seen_by=row.seen_by,
        seen_at=row.seen_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        reason=CloseReason(row.reason) if row.reason else None,
    )
