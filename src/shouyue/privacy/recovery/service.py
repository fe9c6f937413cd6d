"""A restored house forgets again what it had forgotten, before anybody comes in.

`settle` keeps the erasure journal in step with the rows, `mark` shuts a restored database,
`replay` does the erasures again, `greet` lets nobody in before that, nor into a database that was
put back behind our back. Clauses: 6.3.2, 6.1.2, 5.1.1 (INV-16, INV-18, INV-19).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from shouyue.ground.store.journal import SPARED, Journal, Line, Position
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys import certificates
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.recovery import queries
from shouyue.privacy.recovery.errors import NotReplayed, RolledBack
from shouyue.privacy.recovery.rules import Verdict
from shouyue.privacy.recovery.tables import Restoration
from shouyue.privacy.recovery.types import Manifest, Replayed
from shouyue.privacy.vault import service as vault

Restrict = Callable[[Session, Sequence[tuple[list[str], Line]]], int]
"""What puts items into custody again and says how many values moved: custody is not known here."""


@control(
    Clause.C6_3_2,
    says="A restored database stays shut until the erasures since its backup are done again.",
)
def greet(db: ReadSession, journal: Journal) -> None:
    """Return where the house may open; raise NotReplayed or RolledBack."""
    if queries.unfinished(db) is not None:
        raise NotReplayed
    known = journal.remembered()
    if known is not None and not ledger.is_ours(db, *known):
        raise RolledBack(size=known[0])


def settle(db: Session) -> None:
    """Bring the journal in step with the rows; written with this unit of work.

    A line is taken back where its key or item lives after all: the unit that wrote it failed. The
    row is locked meanwhile, so a unit that is about to commit is waited for. A destruction of
    which another machine's journal knows is copied from its tombstone.
    """
    if not (lines := db.journal.read()):
        return
    verdict, now = Verdict(lines), db.clock().isoformat()
    for key in queries.alive(db, verdict.listed()):
        db.journal.note(Line(key, "", SPARED, "", now))
    for under, line in [*verdict.items(), *verdict.restricted()]:
        if queries.sealed_items(db, under, line.item, datetime.fromisoformat(line.at)):
            db.journal.note(Line(line.key, line.item, SPARED, "", now))
    for stone in certificates.since(db, datetime.fromisoformat(lines[0].at)):
        if stone.key not in verdict.listed():
            db.journal.note(Line(stone.key, "", stone.cause.value, "", stone.at.isoformat()))


def mark(db: Session, backup: Manifest, lost: tuple[int, str]) -> None:
    """Shut a database that has just been put back, in the unit of work that puts it there."""
    db.add(
        Restoration(
            id=db.new_id(),
            backup=backup.id,
            at=db.clock(),
            size=backup.ledger,
            lost=lost[0],
            note=lost[1],
            journal_lines=backup.journal.lines,
            journal_digest=backup.journal.digest,
        )
    )
    db.flush()


def begun(db: ReadSession) -> Position | None:
    """Return the journal's position at the backup whose restore is not done, if there is one."""
    row = queries.unfinished(db)
    return None if row is None else Position(row.journal_lines, row.journal_digest)


@control(
    Clause.C6_3_2,
    Clause.C6_1_2_a,
    says="What was erased after a backup was taken is erased again when it is restored.",
)
def replay(db: Session, lines: Sequence[Line], journal: Journal, restrict: Restrict) -> Replayed:
    """Destroy again what the journal names, with evidence, and open the house.

    Erased items go first. `restrict` then puts what is in custody there again, each item given
    with the keys under which it may stand, before the last of those keys goes.
    """
    row = queries.unfinished(db)
    if row is None:
        return Replayed(0, 0, 0)
    verdict, rows = Verdict(lines), 0
    for under, line in verdict.items():
        until = datetime.fromisoformat(line.at)
        for table, found in queries.sealed_items(db, under, line.item, until):
            rows += queries.drop(db, table, [found])
    restricted = restrict(db, verdict.restricted())
    came_back = queries.alive(db, verdict.dead())
    rows += sum(_destroy(db, key) for key in came_back)
    done = Replayed(len(came_back), rows, restricted)
    _witness(db, row, done)
    journal.set_back(row.size, ledger.checkpoint(db) if row.size else "")
    row.done_at = db.clock()
    db.flush()
    return done


def _destroy(db: Session, key_id: str) -> int:
    (key,) = keys.by_ids(db, [key_id])
    rows = queries.drop_sealed(db, key_id)
    certificate = keys.destroy(db, key, Cause.REPLAYED)
    facts = {"key": key.id, "class": key.retention_class, "certificate": certificate}
    ledger.append(db, Fact("recovery.destroyed-again", key.subject, facts))
    if not keys.live(db, key.subject):
        vault.shred(db, key.subject)  # no key is left: its switches go too
    return rows


def _witness(db: Session, row: Restoration, done: Replayed) -> None:
    """Say in the log itself that it goes on from an older state, and how far it had been."""
    facts: dict[str, str | int] = {
        "backup": row.backup,
        "from": row.size,
        "was": row.lost,
        "keys": done.keys,
        "rows": done.rows,
        "restricted": done.restricted,
    }
    ledger.append(db, Fact("recovery.restored", None, facts))
