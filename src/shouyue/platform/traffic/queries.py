"""SQL of the traffic room: values in, values out."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.traffic.tables import CallRow, FaultRow, HourRow, TrailRow
from shouyue.platform.traffic.types import Fault, Hour, Made

_CALL = Made._fields
_TOOK = ("in_10", "in_30", "in_100", "in_300", "in_1000", "in_more")
_SUMS = ("calls", "errors", "millis", "octets", *_TOOK)
_KEY = ["app", "since", "api"]
_AT_ONCE, _AT_A_TIME = 5_000, 500


_add_calls = Bulk(CallRow.__table__, _CALL)
_add_trail = Bulk(TrailRow.__table__, ("app", "request"))

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


def add_trail(db: Session, calls: Sequence[Made]) -> None:
    """Let lines be found by their apps, those of one app written beside each other."""
    _add_trail(db, sorted((one.app, one.request) for one in calls if one.app))


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
    """Return the newest lines of apps; of each app no more are looked at than are wanted of all."""
    newest: list[str] = []
    for app in apps:
        trail = sa.select(TrailRow.request).where(TrailRow.app == app)
        newest += db.scalars(trail.order_by(TrailRow.request.desc()).limit(most))
    wanted = sa.select(CallRow).where(CallRow.request.in_(sorted(newest)[-most:]))
    ordered = wanted.where(CallRow.at >= since).order_by(CallRow.request.desc())
    return [_made(row) for row in db.scalars(ordered)]


def hours(db: ReadSession, app: str, since: datetime) -> list[Hour]:
    """Return an app's sums, oldest hour first."""
    wanted = sa.select(HourRow).where(HourRow.app == app, HourRow.since >= since)
    return [_hour(row) for row in db.scalars(wanted.order_by(HourRow.since, HourRow.api))]


def calls_by_app(db: ReadSession, apis: Collection[str], since: datetime) -> dict[str, int]:
    """Return how many calls of some APIs each app made well."""
    made = sa.func.sum(HourRow.calls - HourRow.errors)
    wanted = sa.select(HourRow.app, made).where(HourRow.since >= since, HourRow.api.in_(apis))
    return {app: int(calls) for app, calls in db.execute(wanted.group_by(HourRow.app)) if calls}


def drop_before(db: Session, at: datetime) -> bool:
    """Delete lines and sums from before, a bounded number at once; tell whether more may be left.

    The oldest lines are looked at and no others: ids are in the order of time.
    """
    oldest = sa.select(CallRow.app, CallRow.request, CallRow.at).order_by(CallRow.request)
    gone = [row for row in db.execute(oldest.limit(_AT_ONCE)) if row.at < at]
    for begin in range(0, len(gone), _AT_A_TIME):
        part = gone[begin : begin + _AT_A_TIME]
        trail = [(row.app, row.request) for row in part]
        db.execute(sa.delete(TrailRow).where(sa.tuple_(TrailRow.app, TrailRow.request).in_(trail)))
        db.execute(sa.delete(CallRow).where(CallRow.request.in_([row.request for row in part])))
    db.execute(sa.delete(HourRow).where(HourRow.since < at))
    db.execute(sa.delete(FaultRow).where(FaultRow.since < at))
    return len(gone) == _AT_ONCE


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
