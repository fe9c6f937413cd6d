"""SQL of the traffic room: values in, values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.traffic.tables import CallRow, FaultRow, HourRow
from shouyue.platform.traffic.types import Fault, Hour, Made

_CALL = Made._fields
_TOOK = ("in_10", "in_30", "in_100", "in_300", "in_1000", "in_more")
_SUMS = ("calls", "errors", "millis", "octets", *_TOOK)
_KEY = ["app", "since", "api"]
_AT_ONCE = 5_000


_add_calls = Bulk(CallRow.__table__, _CALL)


_HOUR = (*_KEY, *_SUMS)
_add_hours = Bulk(
    HourRow.__table__,
    _HOUR,
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = api_hour.{name} + excluded.{name}" for name in _SUMS),
)


_FAULT_KEY = Fault._fields[:-1]
_add_faults = Bulk(
    FaultRow.__table__,
    Fault._fields,
    f"ON CONFLICT ({', '.join(_FAULT_KEY)}) DO UPDATE SET calls = api_fault.calls + excluded.calls",
)


def add_calls(db: Session, calls: Sequence[Made]) -> None:
    """Write lines down."""
    _add_calls(db, calls)


def add_hours(db: Session, hours: Sequence[Hour]) -> None:
    """Add to the sums of hours, in one order for all, so that two writers cannot lock crosswise."""
    ordered = sorted(hours, key=lambda one: (one.app, one.since, one.api))
    rows = [
        (one.app, one.since, one.api, one.calls, one.errors, one.millis, one.octets, *one.took)
        for one in ordered
    ]
    _add_hours(db, rows)


def add_faults(db: Session, faults: Sequence[Fault]) -> None:
    """Add to the sums of failures; they come in one order for all."""
    _add_faults(db, faults)


def faults(db: ReadSession, app: str, since: datetime) -> list[Fault]:
    """Return an app's failures by hour, API and reason, oldest hour first."""
    wanted = sa.select(FaultRow).where(FaultRow.app == app, FaultRow.since >= since)
    rows = db.scalars(wanted.order_by(FaultRow.since, FaultRow.api, FaultRow.reason))
    return [Fault(**{name: getattr(row, name) for name in Fault._fields}) for row in rows]


def call(db: ReadSession, request: str, since: datetime) -> Made | None:
    """Return the line of one request, if it is not older."""
    found = db.get(CallRow, request)
    return _made(found) if found is not None and found.at >= since else None


def calls_of(db: ReadSession, apps: Collection[str], since: datetime, most: int) -> list[Made]:
    """Return the newest lines of apps."""
    wanted = sa.select(CallRow).where(CallRow.app.in_(apps), CallRow.at >= since)
    ordered = wanted.order_by(CallRow.at.desc(), CallRow.request.desc()).limit(most)
    return [_made(row) for row in db.scalars(ordered)]


def hours(db: ReadSession, app: str, since: datetime) -> list[Hour]:
    """Return an app's sums, oldest hour first."""
    wanted = sa.select(HourRow).where(HourRow.app == app, HourRow.since >= since)
    return [_hour(row) for row in db.scalars(wanted.order_by(HourRow.since, HourRow.api))]


def drop_before(db: Session, at: datetime) -> int:
    """Delete lines and sums from before, a bounded number at once; return how many lines went."""
    old = sa.select(CallRow.request).where(CallRow.at < at).limit(_AT_ONCE)
    gone: Any = db.execute(sa.delete(CallRow).where(CallRow.request.in_(old)))
    db.execute(sa.delete(HourRow).where(HourRow.since < at))
    db.execute(sa.delete(FaultRow).where(FaultRow.since < at))
    return int(gone.rowcount)


def _made(row: CallRow) -> Made:
    return Made(**{name: getattr(row, name) for name in _CALL})


def _hour(row: HourRow) -> Hour:
    return Hour(
        row.app,
        row.api,
        row.since,
        row.calls,
        row.errors,
        row.millis,
        row.octets,
        tuple(getattr(row, name) for name in _TOOK),
    )
