"""Alarms as staff see them. Rooms raise one with the job `alarm.raised`; nobody calls this for it.

One alarm for each kind, place and id while it lives; repeats are counted. Closing one needs a
reason and leaves evidence. Clauses: 5.1.2, 5.2, 5.6.
"""

from datetime import date

from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.alarms import queries
from shouyue.people.alarms.errors import AlarmClosed, NoAlarm
from shouyue.people.alarms.tables import AlarmRow
from shouyue.people.alarms.types import Alarm, AlarmState, CloseReason
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact

RAISED = "alarm.raised"
"""The job that raises an alarm: `kind`, `where`, `about`, and `times` for several at once."""

_SHOWN = 200


def living(db: ReadSession) -> list[Alarm]:
    """Return the alarms that nobody has closed, the newest first, at most 200."""
    return queries.living(db, _SHOWN)


def closed(db: ReadSession) -> list[Alarm]:
    """Return the last 200 alarms that were closed, the newest first."""
    return queries.closed(db, _SHOWN)


def unseen(db: ReadSession) -> int:
    """Return how many alarms nobody has seen."""
    return queries.opened(db)


def times(db: ReadSession, kind: str, since: date, until: date) -> dict[str, int]:
    """Return how often a kind was noticed by place, on the Beijing days in [since, until)."""
    return queries.days(db, kind, since, until)


def see(db: Session, alarm_id: str, staff_id: str) -> None:
    """Write down that somebody looks after it; twice is once. Raises NoAlarm, AlarmClosed."""
    row = _living(db, alarm_id)
    if row.state == AlarmState.SEEN:
        return
    row.state, row.seen_by, row.seen_at = AlarmState.SEEN, staff_id, db.clock()
    db.flush()


def close(db: Session, alarm_id: str, staff_id: str, reason: CloseReason) -> None:
    """Close an alarm and say why. Raises NoAlarm, AlarmClosed."""
    row = _living(db, alarm_id)
    row.state, row.closed_by, row.closed_at = AlarmState.CLOSED, staff_id, db.clock()
    row.reason = reason
    db.flush()
    facts = {"alarm": row.id, "what": row.kind, "staff": staff_id, "reason": reason.value}
    ledger.append(db, Fact("alarm.closed", None, {**facts, "count": row.count}))


def _living(db: Session, alarm_id: str) -> AlarmRow:
    row = queries.row(db, alarm_id)
    if row is None:
        raise NoAlarm
    if row.state == AlarmState.CLOSED:
        raise AlarmClosed
    return row
