"""How much one member of staff may open in a day: no post needs a list of everybody.

Each look is one of a day's budget, whoever asks and for whatever case, so a bribed or curious
reader runs dry, and the console hears of it before. Days are Beijing's. Clause 5.1.2; the numbers
stay below those at which selling is a crime by count (SPC and SPP 2017, No. 10, article 5).
"""

from datetime import datetime, time, timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.looks import queries
from shouyue.privacy.looks.errors import BudgetSpent
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

LOOKS = 400
"""Single looks in a day; 500 is the count for data of communication, health and trade."""

PEOPLE = 45
"""Different people in a day; 50 is the count for the most sensitive data."""

_NEAR = 0.8


@control(
    Clause.C5_1_2,
    says="A day's looks of one member of staff are numbered, and so are the people looked at.",
)
def spend(db: Session, reader: Reader, subject: SubjectId) -> None:
    """Return if one more look at this person is within the reader's day; staff only.

    Raises BudgetSpent otherwise. Rings once, on the way to the end. Looks at the same moment are
    counted in turn.
    """
    if not reader.is_staff:
        return
    queries.take_turn(db, reader.actor)
    looks, people = spent(db, reader.actor)
    beyond = subject not in people and len(people) >= PEOPLE
    if looks >= LOOKS or beyond:
        raise BudgetSpent(looks=LOOKS, people=PEOPLE)
    reached = len(people | {subject})
    was_near = _near(looks, len(people))
    if _near(looks + 1, reached) and not was_near:
        about = {"kind": "vault.budget-near", "where": "vault", "about": reader.actor}
        jobs.enqueue(db, "alarm.raised", about)


def today(db: ReadSession) -> datetime:
    """Return when this day began in Beijing."""
    return datetime.combine(db.clock().astimezone(BEIJING).date(), time(), BEIJING)


def spent(db: ReadSession, actor: str) -> tuple[int, set[str]]:
    """Return how many looks this member of staff has had today, and the people by id."""
    midnight = today(db)
    found = queries.looked_since(db, actor, midnight, midnight + timedelta(days=1))
    return len(found), set(found)


def _near(looks: int, people: int) -> bool:
    return looks >= LOOKS * _NEAR or people >= PEOPLE * _NEAR
