"""SQL of the quota room: values in, values out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.quotas.tables import DayRow, LevelRow
from shouyue.platform.quotas.types import Level, Tally

_KEY = ["app", "open_id", "day"]


def _added(insert: Any) -> Any:
    new = insert(DayRow.__table__)
    higher = sa.case((new.excluded.peak > DayRow.peak, new.excluded.peak), else_=DayRow.peak)
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={"calls": DayRow.calls + new.excluded.calls, "peak": higher},
    )


_ADD = {"sqlite": _added(sqlite.insert), "postgresql": _added(postgresql.insert)}


def add(db: Session, tally: Tally) -> DayRow:
    """Add what was counted and return the day as it stands then, held until the end."""
    counted = {"calls": tally.fresh, "forgiven": 0, "peak": tally.peak, "resets": 0}
    key = {"app": tally.app, "open_id": tally.user, "day": tally.day}
    db.execute(_ADD[db.get_bind().dialect.name].values(**key, **counted, alerted=False))
    return db.get_one(DayRow, (tally.app, tally.user, tally.day), populate_existing=True)


def day_for_update(db: Session, app: str, day: date) -> DayRow | None:
    """Return an app's day, held."""
    return db.get(DayRow, (app, "", day), with_for_update=True, populate_existing=True)


def today(db: ReadSession, app: str, day: date) -> DayRow | None:
    """Return an app's day."""
    return db.get(DayRow, (app, "", day))


def days(db: ReadSession, app: str, since: date) -> Sequence[DayRow]:
    """Return an app's days, oldest first."""
    wanted = sa.select(DayRow).where(DayRow.app == app, DayRow.user == "", DayRow.day >= since)
    return db.scalars(wanted.order_by(DayRow.day)).all()


def level(db: ReadSession, app: str) -> Level:
    """Return the steps on which an app stands."""
    row = db.get(LevelRow, app)
    return Level(row.day, row.second) if row else Level()


def level_for_update(db: Session, app: str) -> Level:
    """Return the same, held where there is a row."""
    row = db.get(LevelRow, app, with_for_update=True, populate_existing=True)
    return Level(row.day, row.second) if row else Level()


def raise_level(db: Session, app: str, level: Level) -> None:
    """Write a level down."""
    db.merge(LevelRow(app=app, day=level.day, second=level.second))
    db.flush()


def drop_before(db: Session, day: date) -> None:
    """Delete days from before."""
    db.execute(sa.delete(DayRow).where(DayRow.day < day))
