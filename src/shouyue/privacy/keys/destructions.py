"""Destruction by two people: one member of staff asks, another approves, and the worker does it.

What goes is a root version on which nothing rests any more, or all keys of one retention class
that were made before the approval; what is in custody stays until its own hold ends. Clauses
5.1.1, 6.3.2.
"""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys import queries, roots
from shouyue.privacy.keys.errors import (
    AlreadyAsked,
    NoSuchDestruction,
    RootNeeded,
    SamePerson,
    UnknownTarget,
)
from shouyue.privacy.keys.tables import KeyDestruction
from shouyue.privacy.keys.types import Destruction, Doomed, Key, Stage
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

JOBS = {Doomed.ROOT: "keys.destroy-root", Doomed.CLASS: "keys.destroy-class"}
_SHOWN = 50


def classes() -> list[str]:
    """Return the retention classes of the policy in force, in alphabetical order."""
    return sorted({item.retention_class for item in policy.active().items.values()})


def ask(db: Session, doomed: Doomed, target: str, staff_id: str) -> str:
    """Write a request down and return its id.

    Raises UnknownTarget for no class of the policy and no root, RootNeeded for a root that cannot
    go yet, AlreadyAsked while another request for the same is open.
    """
    known = classes() if doomed is Doomed.CLASS else [root.id for root in roots.status(db)]
    if target not in known:
        raise UnknownTarget
    if doomed is Doomed.ROOT:
        roots.check_retirable(db, target)
    if queries.open_destruction(db, doomed, target):
        raise AlreadyAsked
    row = KeyDestruction(
        id=db.new_id(),
        doomed=doomed.value,
        target=target,
        stage=Stage.ASKED.value,
        asked_by=staff_id,
        asked_at=db.clock(),
    )
    db.add(row)
    _write(db, row, "keys.destruction-asked", staff_id)
    return row.id


@control(Clause.C5_1_1, says="Keys of many are destroyed only by two members of staff.")
def approve(db: Session, destruction_id: str, staff_id: str) -> None:
    """Approve what another member of staff has asked for; the worker does it.

    Raises NoSuchDestruction where none waits for an answer, SamePerson for who asked.
    """
    row = _waiting(db, destruction_id)
    if row.asked_by == staff_id:
        raise SamePerson
    row.stage, row.answered_by, row.answered_at = Stage.APPROVED.value, staff_id, db.clock()
    _write(db, row, "keys.destruction-approved", staff_id)
    jobs.enqueue(db, JOBS[Doomed(row.doomed)], {"destruction": row.id})


def drop(db: Session, destruction_id: str, staff_id: str) -> None:
    """Turn a request down, or take it back. Raises NoSuchDestruction."""
    row = _waiting(db, destruction_id)
    row.stage, row.answered_by, row.answered_at = Stage.DROPPED.value, staff_id, db.clock()
    _write(db, row, "keys.destruction-dropped", staff_id)


def listed(db: ReadSession) -> list[Destruction]:
    """Return the last requests, the newest first."""
    return queries.destructions(db, _SHOWN)


def waiting(db: ReadSession, staff_id: str) -> int:
    """Return how many requests of others wait for this member of staff's answer."""
    return queries.waiting_destructions(db, staff_id)


def approved(db: ReadSession, destruction_id: str) -> Destruction | None:
    """Return a request that is approved and not done."""
    row = queries.destruction(db, destruction_id)
    if row is None or row.stage != Stage.APPROVED:
        return None
    return queries.destruction_value(row)


def doomed_keys(db: ReadSession, destruction: Destruction, after: str = "") -> list[Key]:
    """Return the next keys, by id, that an approved destruction of a class meets."""
    if destruction.answered_at is None:
        return []
    rows = queries.keys_of_class(db, destruction.target, destruction.answered_at, after)
    return [queries.value(row) for row in rows]


def retire_root(db: Session, destruction: Destruction) -> bool:
    """Let an approved root go; answer no, and end the request, where keys rest on it again."""
    try:
        roots.retire(db, destruction.target)
    except RootNeeded:
        finish(db, destruction.id, Stage.REFUSED)
        return False
    return True


def finish(db: Session, destruction_id: str, stage: Stage = Stage.DONE) -> None:
    """Write down that it is over."""
    row = queries.destruction(db, destruction_id)
    if row is None or row.stage != Stage.APPROVED:
        return
    row.stage, row.done_at = stage.value, db.clock()
    _write(db, row, f"keys.destruction-{stage.value}", row.answered_by or "")


def _waiting(db: Session, destruction_id: str) -> KeyDestruction:
    row = queries.destruction(db, destruction_id)
    if row is None or row.stage != Stage.ASKED:
        raise NoSuchDestruction
    return row


def _write(db: Session, row: KeyDestruction, kind: str, staff_id: str) -> None:
    facts = {"destruction": row.id, "doomed": row.doomed, "target": row.target, "staff": staff_id}
    ledger.append(db, Fact(kind, None, facts))
    db.flush()
