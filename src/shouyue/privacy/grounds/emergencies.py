"""Emergencies: two members of staff open what is held about one person, for at most 72 hours.

One asks and names the danger and the items, another confirms and sets the end; nothing is ever
collected under one. The two alone may look, each look is in the evidence, and the person is told
when it is over (PIPL 13(1)(4), 18(2); clause 2.6.1.c).
"""

from collections.abc import Collection
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds import queries, rules
from shouyue.privacy.grounds.errors import NoEmergency, NoGround, SamePerson
from shouyue.privacy.grounds.tables import EmergencyRow
from shouyue.privacy.grounds.types import Danger, Emergency, Stage
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item

OVER = "emergency.over"
"""The news that an emergency is over: the person is to be told. `subject` and `emergency` by id."""

_SHOWN = 50
_OPEN = (Stage.ASKED, Stage.LIVE)


def ask(
    db: Session, subject: SubjectId, danger: Danger, items: Collection[Item], staff_id: str
) -> str:
    """Write an emergency down and return its id; nothing opens before another confirms it."""
    row = EmergencyRow(
        id=db.new_id(),
        subject=subject,
        danger=danger.value,
        items=sorted(item.value for item in set(items)),
        stage=Stage.ASKED.value,
        asked_by=staff_id,
        asked_at=db.clock(),
        answered_by="",
    )
    db.add(row)
    _write(db, row, "emergency.asked", staff_id)
    about = {"kind": "emergency.asked", "where": "grounds", "about": row.id}
    jobs.enqueue(db, "alarm.raised", about)
    return row.id


@control(Clause.C2_6_1_c, says="An emergency needs two members of staff and has an end.")
def confirm(db: Session, emergency_id: str, staff_id: str, hours: int) -> None:
    """Let the two look for some hours, 72 at most.

    Raises NoEmergency where none waits or it has waited for a day, SamePerson for who asked.
    """
    row = _in_stage(db, emergency_id, Stage.ASKED)
    # An ask lapses by the clock: whether it was swept away yet decides nothing.
    if row.asked_at <= db.clock() - rules.UNANSWERED:
        raise NoEmergency
    if row.asked_by == staff_id:
        raise SamePerson
    span = min(timedelta(hours=max(hours, 1)), rules.LONGEST_EMERGENCY)
    row.stage, row.answered_by, row.until = Stage.LIVE.value, staff_id, db.clock() + span
    _write(db, row, "emergency.confirmed", staff_id)


def drop(db: Session, emergency_id: str, staff_id: str) -> None:
    """Turn an emergency down, or take it back, before it lived. Raises NoEmergency."""
    _drop(db, _in_stage(db, emergency_id, Stage.ASKED), staff_id)


def end(db: Session, emergency_id: str, staff_id: str) -> None:
    """End an emergency before its time; anybody on the staff may. Raises NoEmergency."""
    _over(db, _in_stage(db, emergency_id, Stage.LIVE), staff_id)


def lapse(db: Session) -> int:
    """End those whose time is over and drop what nobody confirmed; return how many."""
    found = queries.lapsed(db, db.clock() - rules.UNANSWERED)
    for row in found:
        if row.stage == Stage.LIVE:
            _over(db, row, "")
        else:
            _drop(db, row, "")
    return len(found)


def listed(db: ReadSession) -> list[Emergency]:
    """Return the emergencies that wait or live, and then the last that are over."""
    past = queries.emergencies(db, (Stage.OVER, Stage.DROPPED), _SHOWN)
    return [*queries.emergencies(db, _OPEN, _SHOWN), *past]


def one(db: ReadSession, emergency_id: str) -> Emergency:
    """Return one emergency; raises NoEmergency."""
    row = queries.emergency(db, emergency_id)
    if row is None:
        raise NoEmergency
    return queries.emergency_value(row)


@control(
    Clause.C2_6_1_c,
    says="Under an emergency only its two people look, only at its items, only in its time.",
)
def require(db: ReadSession, subject: SubjectId, items: Collection[Item], who: str) -> None:
    """Return if an emergency that `who` asked for or confirmed covers the items; else NoGround."""
    lives = queries.live_emergencies(db, subject, db.clock())
    open_to = {
        item for row in lives if who in {row.asked_by, row.answered_by} for item in row.items
    }
    for item in items:
        if item.value not in open_to:
            raise NoGround(cause="no-emergency", item=item.value)


def _in_stage(db: Session, emergency_id: str, stage: Stage) -> EmergencyRow:
    row = queries.emergency(db, emergency_id)
    if row is None or row.stage != stage:
        raise NoEmergency
    return row


def _drop(db: Session, row: EmergencyRow, staff_id: str) -> None:
    row.stage, row.answered_by, row.ended_at = Stage.DROPPED.value, staff_id, db.clock()
    _write(db, row, "emergency.dropped", staff_id or "clock")


def _over(db: Session, row: EmergencyRow, staff_id: str) -> None:
    row.stage, row.ended_at = Stage.OVER.value, db.clock()
    _write(db, row, "emergency.over", staff_id or "clock")
    jobs.enqueue(db, OVER, {"subject": row.subject, "emergency": row.id})


def _write(db: Session, row: EmergencyRow, kind: str, staff_id: str) -> None:
    facts: dict[str, str | int] = {
        "emergency": row.id,
        "danger": row.danger,
        "items": ",".join(row.items),
        "staff": staff_id,
    }
    ledger.append(db, Fact(kind, SubjectId(row.subject), facts))
    db.flush()
