"""Legal holds: one member of staff asks, another confirms, and a release erases what was due.

A hold does not stop the use of what is live (6.1.2); it keeps from erasure what it covers. It ends
by itself after 90 days at most: whoever needs it longer places another, and two look again.
"""

from collections.abc import Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.custody import carried, moves, queries, rules
from shouyue.privacy.custody.errors import HoldUnfit, NoSuchHold, SamePerson
from shouyue.privacy.custody.tables import LegalHold
from shouyue.privacy.custody.types import Ground, GroundKind, Hold, HoldStage, NewHold
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item

_SHOWN = 50


def ask(db: Session, new: NewHold, staff_id: str) -> str:
    """Write a hold down and return its id; nothing is held before another has confirmed it.

    Raises HoldUnfit for an unknown person, a case that could name somebody, or too late an end.
    """
    rules.check_hold(new, db.clock())
    if not keys.live(db, new.subject):
        raise HoldUnfit(cause="subject")
    row = LegalHold(
        id=db.new_id(),
        subject=new.subject,
        kind=new.kind.value,
        case=new.case,
        items=[item.value for item in sorted(new.items)],
        until=new.until,
        stage=HoldStage.ASKED.value,
        asked_by=staff_id,
        asked_at=db.clock(),
    )
    db.add(row)
    try:
        _write(db, row, "custody.hold-asked", staff_id)
    except NotOpaque:
        raise HoldUnfit(cause="case") from None
    return row.id


@control(Clause.C6_1_2_b, says="A hold takes two members of staff, and ends within ninety days.")
def confirm(db: Session, hold_id: str, staff_id: str) -> None:
    """Open a hold that another member of staff has asked for.

    What is in custody already is kept by it too. Raises NoSuchHold, SamePerson.
    """
    row = _at(db, hold_id, HoldStage.ASKED)
    if row.asked_by == staff_id:
        raise SamePerson
    if row.until <= db.clock():
        raise NoSuchHold
    hold = queries.hold_value(row)
    keys.live(db, hold.subject)  # an erasure under way is waited for
    row.stage, row.answered_by, row.answered_at = HoldStage.OPEN.value, staff_id, db.clock()
    _write(db, row, "custody.hold-opened", staff_id)
    carried.note(db, row)
    mine = Ground(hold.kind, hold.id, hold.until)
    for value in queries.values(db, hold.subject):
        if hold.covers(Item(value.item)):
            moves.change_grounds(db, value, (*queries.grounds(db, value.id), mine))


def drop(db: Session, hold_id: str, staff_id: str) -> None:
    """Turn a hold down that waits, or take it back. Raises NoSuchHold."""
    row = _at(db, hold_id, HoldStage.ASKED)
    row.stage, row.answered_by, row.answered_at = HoldStage.DROPPED.value, staff_id, db.clock()
    _write(db, row, "custody.hold-dropped", staff_id)


@control(Clause.C6_1_2_b, says="What a released hold alone had kept is erased in the release.")
def release(db: Session, hold_id: str, staff_id: str) -> int:
    """End an open hold and return how many values were erased at once. Raises NoSuchHold."""
    row = _at(db, hold_id, HoldStage.OPEN)
    return end(db, row, HoldStage.RELEASED, staff_id)


def expire(db: Session) -> int:
    """End the holds whose time is over; return how many values were erased with them.

    Three years later, when nobody can sue over it any more, the hold itself is forgotten.
    """
    queries.drop_holds(db, db.clock() - rules.HOLDS_KEPT)
    over = queries.over_holds(db, db.clock())
    return sum(end(db, row, HoldStage.EXPIRED, "") for row in over)


def listed(db: ReadSession) -> list[Hold]:
    """Return the last holds, the newest first."""
    return queries.holds(db, _SHOWN)


def waiting(db: ReadSession, staff_id: str) -> int:
    """Return how many holds of others wait for this member of staff's answer."""
    return queries.waiting_holds(db, staff_id)


def kinds() -> tuple[GroundKind, ...]:
    """Return the kinds of hold that staff may place."""
    return (GroundKind.HOLD, GroundKind.INFEASIBLE)


def end(db: Session, row: LegalHold, stage: HoldStage, staff_id: str) -> int:
    """End a hold that is open and return how many values were erased with it."""
    was_open = row.stage == HoldStage.OPEN
    row.stage, row.ended_by, row.ended_at = stage.value, staff_id or None, db.clock()
    _write(db, row, f"custody.hold-{stage.value}", staff_id)
    if was_open:
        carried.note(db, row)
    keys.live(db, SubjectId(row.subject))
    erased = 0
    for value in queries.kept_by(db, row.id):
        left = [one for one in queries.grounds(db, value.id) if one.ref != row.id]
        if any(one.until > db.clock() for one in left):
            moves.change_grounds(db, value, left)
        else:
            moves.end(db, value, Cause.ERASED if staff_id else Cause.EXPIRED)
            erased += 1
    return erased


def _at(db: Session, hold_id: str, stage: HoldStage) -> LegalHold:
    row = queries.hold(db, hold_id)
    if row is None or row.stage != stage:
        raise NoSuchHold
    return row


@control(
    Clause.C6_1_2_b,
    says="A hold that was placed after a backup is placed again before a restored house opens.",
)
def again(db: Session, lines: Sequence[Line]) -> int:
    """Bring holds to where the journal knows them to be; return how many were not there.

    One is open again on whoever is still there to be held, until its day; one that was let go
    since the backup ends. What was in custody by it has been seen to already, line by line.
    """
    changed = 0
    for hold_id, line in carried.latest(lines).items():
        row = queries.hold(db, hold_id)
        if carried.is_open(line):
            changed += _reopen(db, carried.read(db, line), row)
        elif row is not None and row.stage == HoldStage.OPEN:
            end(db, row, HoldStage.RELEASED, "")
            changed += 1
    return changed


def settle(db: Session) -> None:
    """Tell the journal what it has wrong about holds: a unit failed, or the house was older."""
    known = carried.latest(db.journal.read())
    for row in queries.ever_open(db):
        line = known.get(row.id)
        if (row.stage == HoldStage.OPEN) != (line is not None and carried.is_open(line)):
            carried.note(db, row)


def _reopen(db: Session, held: LegalHold, row: LegalHold | None) -> bool:
    if row is not None and row.stage != HoldStage.ASKED:
        return False
    if held.until <= db.clock() or not keys.live(db, SubjectId(held.subject)):
        return False
    if row is not None:
        db.delete(row)
        db.flush()
    db.add(held)
    _write(db, held, "custody.hold-again", "")
    return True


def _write(db: Session, row: LegalHold, kind: str, staff_id: str) -> None:
    facts = {
        "hold": row.id,
        "case": row.case,
        "items": ",".join(row.items),
        "until": row.until.isoformat(),
    }
    facts |= {"staff": staff_id} if staff_id else {}
    hold = queries.hold_value(row)
    ledger.append(db, Fact(kind, hold.subject, facts))
    db.flush()
