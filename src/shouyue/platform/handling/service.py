"""What apps tell of their own use of what they received (protocol, 5.4).

The security rules of the anchor bid developers log who logged in, whose orders were looked at, to
whom orders went, and what their database was asked, and send that log in. Here it is kept without
anybody's name: who must know more asks the developer, with the moment and the network in hand.
Clauses: 4.1 (recipients are watched), 5.2, 2.4.
"""

from collections.abc import Sequence
from datetime import timedelta

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.handling import queries, rules
from shouyue.platform.handling.types import Report, Sum
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


@control(
    Clause.C4_1,
    says="Apps send in the log of their own use: what was looked at, and to whom it went on.",
)
def record(db: Session, app: str, lines: Sequence[Report]) -> None:
    """Write lines of an app's log down, all of them or none."""
    queries.add_lines(db, app, lines)
    queries.add_days(db, app, rules.sums(lines))


def sums(db: ReadSession, last: timedelta, app: str = "") -> list[Sum]:
    """Return what apps told of, by app, kind and Beijing day, from the day of `last` ago."""
    return queries.sums(db, (db.clock() - last).astimezone(BEIJING).date(), app)


def expire(db: Session) -> bool:
    """Delete what is past its year, 5,000 lines at most; tell whether more are."""
    before = db.clock() - rules.KEPT
    return queries.drop_before(db, before, before.astimezone(BEIJING).date())
