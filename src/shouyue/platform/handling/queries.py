"""SQL of the handling room: values in, values out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.handling.tables import ReportDayRow, ReportRow
from shouyue.platform.handling.types import Kind, Report, Sum

_LINE = ("id", "app", "received", *Report._fields)
_DAY = ("app", "day", "kind", "sent_to", "lines", "orders")
_AT_ONCE = 5_000

_add_lines = Bulk(ReportRow.__table__, _LINE)
_add_days = Bulk(
    ReportDayRow.__table__,
    _DAY,
    "ON CONFLICT (app, day, kind, sent_to) DO UPDATE SET "
    "lines = app_report_day.lines + excluded.lines, "
    "orders = app_report_day.orders + excluded.orders",
)


def add_lines(db: Session, app: str, lines: Sequence[Report]) -> None:
    """Write lines down."""
    now = db.clock()
    _add_lines(db, [(db.new_id(), app, now, *one._replace(kind=one.kind.value)) for one in lines])  # type: ignore[arg-type]


def add_days(db: Session, app: str, sums: Mapping[tuple[date, Kind, str], tuple[int, int]]) -> None:
    """Add to the sums of days; they come in one order for all who write."""
    _add_days(
        db,
        [(app, day, kind.value, sent_to, *counts) for (day, kind, sent_to), counts in sums.items()],
    )


def sums(db: ReadSession, since: date, app: str = "") -> list[Sum]:
    """Return sums from a day on, of one app or of all, by app, kind and day."""
    wanted = sa.select(ReportDayRow).where(ReportDayRow.day >= since)
    if app:
        wanted = wanted.where(ReportDayRow.app == app)
    ordered = wanted.order_by(ReportDayRow.app, ReportDayRow.kind, ReportDayRow.day)
    return [
        Sum(row.app, row.day, Kind(row.kind), row.sent_to, row.lines, row.orders)
        for row in db.scalars(ordered)
    ]


def drop_before(db: Session, at: datetime, day: date) -> bool:
    """Delete lines and sums from before, a bounded number at once; tell whether more may be left.

    The oldest lines are looked at and no others: ids are in the order of time.
    """
    oldest = sa.select(ReportRow.id, ReportRow.received).order_by(ReportRow.id).limit(_AT_ONCE)
    gone = [row.id for row in db.execute(oldest) if row.received < at]
    for begin in range(0, len(gone), 500):
        part = gone[begin : begin + 500]
        db.execute(sa.delete(ReportRow).where(ReportRow.id.in_(part)))
    db.execute(sa.delete(ReportDayRow).where(ReportDayRow.day < day))
    return len(gone) == _AT_ONCE
