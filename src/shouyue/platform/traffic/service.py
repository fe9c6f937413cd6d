"""The access log of the signed API: written in groups, looked up by request, summed by the hour.

The gateway writes; the developers' pages ask. No parameter, no body and no person is in it.
Clauses: 2.3, 2.4 (service log); network security law, article 23 (half a year at least).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.traffic import queries, rules
from shouyue.platform.traffic.errors import NoCall
from shouyue.platform.traffic.types import Fault, Hour, Made
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_MOST_SHOWN = 100


@control(
    Clause.C2_4,
    says="Each call leaves one line: which app, which API, when and how it ended; no content.",
    lacks="Nothing yet judges risk from the logs together; where an account is stopped, the page "
    "does not yet show the reason and the way to a review by a person.",
)
def record(db: Session, calls: Sequence[Made]) -> None:
    """Write a group of calls down."""
    queries.add_calls(db, calls)


def add_up(db: Session, calls: Sequence[Made]) -> None:
    """Add calls to their hours and their apps: once for each, not necessarily with their lines."""
    queries.add_trail(db, calls)
    if hours := rules.sums(calls):  # none where no call came as far as its app
        queries.add_hours(db, hours)
    if faults := rules.faults(calls):
        queries.add_faults(db, faults)


def call(db: ReadSession, request: str) -> Made:
    """Return the line of one request of the last seven days, or raise NoCall."""
    found = queries.call(db, request, db.clock() - rules.DIAGNOSED)
    if found is None:
        raise NoCall
    return found


def recent(db: ReadSession, apps: Collection[str]) -> list[Made]:
    """Return the newest hundred calls of apps in the last seven days, newest first."""
    return queries.calls_of(db, apps, db.clock() - rules.DIAGNOSED, _MOST_SHOWN)


def hours(db: ReadSession, app: str, last: timedelta) -> list[Hour]:
    """Return an app's sums by hour and API, oldest first, from the hour of `last` ago."""
    return queries.hours(db, app, rules.hour(db.clock() - last))


def calls_by_app(db: ReadSession, apis: Collection[str], last: timedelta) -> dict[str, int]:
    """Return how many calls of these APIs each app made well, from the hour of `last` ago."""
    return queries.calls_by_app(db, apis, rules.hour(db.clock() - last))


def faults(db: ReadSession, app: str, last: timedelta) -> list[Fault]:
    """Return why an app's calls failed, by hour, API and sub code, from the hour of `last` ago."""
    return queries.faults(db, app, rules.hour(db.clock() - last))


def expire(db: Session) -> bool:
    """Delete what is past its time (DI-31), 5,000 lines at most; tell whether more are."""
    return queries.drop_before(db, db.clock() - rules.KEPT)
