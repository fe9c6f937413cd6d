"""SQL of the quota room: values in, values out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.quotas.tables import DayRow, LevelRow
from shouyue.platform.quotas.types import Level, Tally

Key = tuple[str, str]
"""An app, and its test user or nobody."""

_PART = 500
_DAY = ("app", "open_id", "day", "calls", "forgiven", "peak", "resets", "alerted")
_add = Bulk(
    DayRow.__table__,
    _DAY,
    "ON CONFLICT (app, open_id, day) DO UPDATE SET calls = quota_day.calls + excluded.calls, "
    "peak = CASE WHEN excluded.peak > quota_day.peak THEN excluded.peak ELSE quota_day.peak END "
    "RETURNING app, open_id, calls - forgiven, alerted",
)


def add(db: Session, tallies: Sequence[Tally]) -> Mapping[Key, tuple[int, bool]]:
    """Add what was counted, each key once and in one order for all: the rows are held then.

    Returns of each app and test user how many calls count, and whether its developer was told.
    """
    rows = [(one.app, one.user, one.day, one.fresh, 0, one.peak, 0, False) for one in tallies]
    return {(app, user): (used, bool(told)) for app, user, used, told in _add(db, rows)}


def levels(db: ReadSession, tallies: Sequence[Tally]) -> Mapping[str, Level]:
    """Return the steps on which these apps stand; one that is on the first may be left out."""
    found = {}
    for apps in _parts({one.app for one in tallies}):
        for row in db.scalars(sa.select(LevelRow).where(LevelRow.app.in_(apps))):
            found[row.app] = Level(row.day, row.second)
    return found


def _parts(apps: Collection[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(apps)
    yield from (ordered[at : at + _PART] for at in range(0, len(ordered), _PART))


def day_for_update(db: Session, app: str, day: date) -> DayRow | None:
    """Return an app's day, held."""
    return db.get(DayRow, (app, "", day), with_for_update=True, populate_existing=True)


def told(db: Session, app: str, day: date) -> None:
    """Remember that the developer was told of this day."""
    key = (DayRow.app == app, DayRow.user == "", DayRow.day == day)
    db.execute(sa.update(DayRow).where(*key).values(alerted=True))


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
