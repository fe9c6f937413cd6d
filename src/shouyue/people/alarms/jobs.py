"""What the alarm room answers to: something was noticed, and a day has gone by.

Any room raises an alarm in its own transaction:
`jobs.enqueue(db, "alarm.raised", {"kind": "sharing.no-answer", "where": "push", "about": app})`.
`where` and `about` may be left out; `times` counts what was noticed together.
"""

import structlog

from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.store.session import Session
from shouyue.people.alarms import queries, rules, service

RAISED = service.RAISED
EXPIRE = "alarms.expire"

_log = structlog.get_logger("shouyue.alarms")


def raised(db: Session, job: Job) -> None:
    """Open an alarm, or count the one that lives, and say so in the log."""
    kind = rules.kind(str(job.args.get("kind", "")))
    where, about = str(job.args.get("where", "")), str(job.args.get("about", ""))
    times = max(1, int(job.args.get("times", 1)))
    alarm = _note(db, (kind, where, about), times)
    queries.count_day(db, kind, where, db.clock().astimezone(BEIJING).date(), times)
    _log.warning("alarm.raised", alarm=alarm, kind=kind, where=where, about=about, times=times)


def expire(db: Session, _job: Job) -> None:
    """Delete alarms three years after they were closed, and counts of days as old."""
    old = db.clock() - rules.KEEP
    queries.drop_closed(db, queries.closed_before(old))
    queries.drop_days(db, old.astimezone(BEIJING).date())


def _note(db: Session, key: tuple[str, str, str], times: int) -> str:
    while True:
        if found := queries.count_again(db, key, times):
            return found
        if key[2] != rules.OTHERS and queries.crowded(db, key[0], key[1]):
            key = (key[0], key[1], rules.OTHERS)
            continue
        if made := queries.open_new(db, key, times):
            return made
