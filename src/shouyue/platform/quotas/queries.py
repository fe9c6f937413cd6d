"""SQL of the quota room: values in, values out."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.quotas.tables import DayRow, LevelRow
from shouyue.platform.quotas.types import Level, Tally

_KEY = ("app", "open_id", "day")
_ADDED = (*_KEY, "calls", "forgiven", "peak", "resets", "alerted")
_add = Bulk(
    DayRow.__table__,
    _ADDED,
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET calls = quota_day.calls + excluded.calls, "
    "peak = CASE WHEN excluded.peak > quota_day.peak THEN excluded.peak ELSE quota_day.peak END "
    "RETURNING app, open_id, calls - forgiven, alerted",
)
_AT_ONCE = 500


def add(db: Session, tallies: Sequence[Tally]) -> dict[tuple[str, str], tuple[int, bool]]:
    """Add what was counted, one tally for each app or test user; all are held until the end.

    Return the calls that count then, and whether the developer heard, by app and user.
    """
    rows = [(one.app, one.user, one.day, one.fresh, 0, one.peak, 0, False) for one in tallies]
    return {(app, user): (used, bool(heard)) for app, user, used, heard in _add(db, rows)}


def day(db: Session, tally: Tally) -> DayRow:
    """Return the day of a tally that was added, as it stands."""
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


def levels(db: ReadSession, apps: Sequence[str]) -> dict[str, Level]:
    """Return the steps of those apps that have climbed."""
    found: dict[str, Level] = {}
    wanted = sa.select(LevelRow.app, LevelRow.day, LevelRow.second)
    for at in range(0, len(apps), _AT_ONCE):
        some = wanted.where(LevelRow.app.in_(apps[at : at + _AT_ONCE]))
        found |= {app: Level(day, second) for app, day, second in db.execute(some)}
    return found


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
