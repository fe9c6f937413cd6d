"""What witnesses are shown of the log, what they say of it, and what follows.

A witness signs a checkpoint after a proof that the log only grew (C2SP tlog-witness). One that has
signed another log than ours has found a rollback or a fork: nothing goes into line until a person
acknowledges that. Clause 5.1.2 (INV-53).
"""

import base64
from datetime import datetime, timedelta

from shouyue.ground.hazmat import notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger import queries, service
from shouyue.privacy.ledger.types import Cosignature, Fact, Fork, Witnessed
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

_SKEW = timedelta(minutes=5)
"""How far the clock of a witness may be from ours."""


def request(db: ReadSession, old: int, size: int) -> bytes:
    """Return the body of `add-checkpoint`: that our checkpoint of `size` has grown from `old`."""
    path = service.growth_path(db, old, size)
    lines = [f"old {old}", *(base64.b64encode(part).decode() for part in path)]
    proof = "\n".join(lines)
    return f"{proof}\n\n{_checkpoint(db, size)}".encode()


@control(Clause.C5_1_2, says="Outsiders sign, with the time, that the evidence log only grew.")
def cosigned(db: Session, size: int, lines: str, verifier: str) -> None:
    """Keep what a witness has answered under our checkpoint of `size`.

    Raises NotAuthentic unless it holds under the witness's key, at a time that is about ours.
    """
    line, at = notes.cosigned_line(_checkpoint(db, size), lines, verifier)
    if abs(at - db.clock()) > _SKEW:
        raise NotAuthentic
    by = Witnessed(notes.cosigner(verifier), verifier, at)
    queries.add_cosignature(db, Cosignature(size, by, line))


def last(db: ReadSession, witness: str) -> Cosignature | None:
    """Return the last thing that a witness, by its name, has signed."""
    return queries.newest_cosignature(db, witness)


def is_known(db: ReadSession, by: Witnessed) -> bool:
    """Tell whether the witness has signed for this log before, under this key."""
    found = last(db, by.name)
    return found is not None and found.by.key == by.key


def unwitnessed_since(db: ReadSession) -> datetime | None:
    """Return the time of the newest cosignature, or of the first checkpoint; None before any."""
    return queries.witnessed_at(db) or queries.began_at(db)


@control(
    Clause.C5_1_2, says="A log that was put back or forked is not built upon until acknowledged."
)
def forked(db: Session, witness: str, theirs: int, ours: int) -> bool:
    """Write down that a witness has signed another log, and stop; answer no where it is known."""
    if not queries.add_fork(db, Fork(witness, theirs, ours, db.clock())):
        return False
    facts: dict[str, str | int] = {"witness": witness, "theirs": theirs, "ours": ours}
    service.append(db, Fact("ledger.forked", None, facts))
    return True


def acknowledge(db: Session) -> list[Fork]:
    """Let the log go on although witnesses have signed another one; return which, with evidence."""
    found = []
    for row in queries.open_forks(db):
        row.acknowledged_at = db.clock()
        facts: dict[str, str | int] = {"witness": row.witness, "theirs": row.theirs}
        service.append(db, Fact("ledger.fork-acknowledged", None, facts))
        found.append(Fork(row.witness, row.theirs, row.ours, row.at))
    db.flush()
    return found


def _checkpoint(db: ReadSession, size: int) -> str:
    note = queries.checkpoint_of(db, size)
    if note is None:
        raise NotAuthentic
    return note
