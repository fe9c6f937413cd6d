"""Move to the suite in force: values, documents and blind indexes, and then the old keys go.

An operator names another suite and starts the house again; what is new is sealed in it at once,
and the job `vault.reseal` moves the rest, some people at a time, while everything stays readable.
Old keys are destroyed in a second round: whoever had read a row before it moved can still open
what was read. The object of a moved document is left for the sweep of orphans, for the same reason.
"""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Key
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import documents, queries, sealing
from shouyue.privacy.vault.tables import SealedDocument, VaultHolding

RESEAL = "vault.reseal"
SCHEDULE = {RESEAL: timedelta(days=1)}
_AT_MOST = timedelta(seconds=5)
"""A slow keeper must not hold the writers up: what is not done by then is the next job's."""

_READERS_GONE = timedelta(minutes=5)


def begin(db: Session) -> None:
    """Ask for the move where keys of another suite are left; assembly does so at each start."""
    if keys.in_other_suites(db, most=1):
        jobs.enqueue(db, RESEAL, once=RESEAL)


def reseal(db: Session, job: Job) -> None:
    """Move the values of the next keys, or destroy those that seal nothing any more.

    Where the run stands is the key last seen, so a killed worker begins there again.
    """
    sweeping = bool(job.args.get("sweep"))
    found = keys.in_other_suites(db, str(job.args.get("after", "")))
    seen, until = "", db.clock() + _AT_MOST
    for key in found:
        (_let_go if sweeping else move)(db, key)
        seen = key.id
        if db.clock() > until:
            break
    if found:
        jobs.enqueue(db, RESEAL, {"after": seen, "sweep": int(sweeping)})
    elif not sweeping and keys.in_other_suites(db, most=1):
        jobs.enqueue(db, RESEAL, {"sweep": 1}, due=db.clock() + _READERS_GONE)


ANSWERS: Mapping[str, Answer] = {RESEAL: reseal}


@control(Clause.C5_1_1, says="Everything sealed moves to the suite in force while it is in use.")
def move(db: Session, old: Key) -> int:
    """Seal all that a key seals under the person's key of the suite in force; count the rows."""
    if not _still(db, old):
        return 0
    held, papers = queries.sealed_under(db, [old.id])
    if held or papers:
        new = keys.key_for(db, old.subject, old.retention_class)
        for row in held:
            _move_value(db, row, old, new)
        for paper in papers:
            _move_document(db, paper, old, new)
        db.flush()
    return len(held) + len(papers)


def _let_go(db: Session, key: Key) -> None:
    if _still(db, key) and not queries.in_use(db, [key.id]):
        keys.destroy(db, key, Cause.RESEALED)


def _still(db: Session, key: Key) -> bool:
    """Lock the person's keys; tell whether this one is still among them."""
    return key in keys.live(db, key.subject, key.retention_class)


def _move_value(db: Session, row: VaultHolding, old: Key, new: Key) -> None:
    if (fresh := keys.resuited(db, old, new, sealing.place(row), row.sealed)) is None:
        return
    if (rule := policy.item(Item(row.item))).findable:
        value = sealing.unseal(db, row, row.sealed).decode()
        queries.change_digest(db, row.id, sealing.digest(db, rule, value))
    row.sealed, row.key = fresh, new.id


def _move_document(db: Session, row: SealedDocument, old: Key, new: Key) -> None:
    content = db.objects.get(row.object_name)
    if (fresh := keys.resuited(db, old, new, sealing.place(row), content)) is not None:
        row.object_name, row.key = documents.new_name(db), new.id
        db.objects.put(row.object_name, fresh)
