"""Answers of custody to bells: what is over ends, keys follow the suite, classes end."""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import holds, moves, queries, service
from shouyue.privacy.keys import destructions
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Doomed, Key

SWEEP, RESEAL, SETTLE = "custody.sweep", "custody.reseal", "custody.settle"
DESTROY = destructions.JOBS[Doomed.CLASS]
SCHEDULE = {SWEEP: timedelta(hours=1), RESEAL: timedelta(days=1), SETTLE: timedelta(hours=1)}
_AT_ONCE = 100
_ORPHAN_AGE = timedelta(days=1)


def sweep(db: Session, job: Job) -> None:
    """End holds and values whose time is over, and orphaned objects (INV-15).

    Each run knows the next moment within the hour at which a value may end, and comes back then.
    """
    holds.expire(db)
    over = queries.over(db, db.clock(), _AT_ONCE)
    for row in over:
        keys.live(db, SubjectId(row.subject))  # a hold that is confirmed meanwhile is waited for
        if not any(one.until > db.clock() for one in queries.grounds(db, row.id)):
            moves.end(db, row, Cause.EXPIRED)
    if len(over) == _AT_ONCE:
        jobs.enqueue(db, job.name)
    soon = queries.next_end(db, db.clock(), db.clock() + SCHEDULE[SWEEP])
    if soon is not None:
        jobs.enqueue(db, SWEEP, due=soon, once=SWEEP)
    names = list(db.objects.names(moves.SHELF, db.clock() - _ORPHAN_AGE))
    for name in set(names) - queries.known_objects(db, names):
        db.objects.delete(name)


def settle(db: Session, _job: Job) -> None:
    """Bring what the erasure journal says of holds in step with them."""
    holds.settle(db)


def reseal(db: Session, job: Job) -> None:
    """Move what is in custody to the suite in force, and let the keys of the old one go."""
    found = keys.in_other_suites(db, str(job.args.get("after", "")), custody=True)
    for key in found:
        _move(db, key)
    if found:
        jobs.enqueue(db, job.name, {"after": found[-1].id})


def destroy(db: Session, job: Job) -> None:
    """Destroy the next keys of a class, with all that they seal; the key last seen is the mark."""
    found = destructions.approved(db, str(job.args["destruction"]))
    if found is None:
        return
    doomed = destructions.doomed_keys(db, found, str(job.args.get("after", "")))
    for key in doomed:
        service.retire(db, key)
    if doomed:
        jobs.enqueue(db, job.name, {"destruction": found.id, "after": doomed[-1].id})
    else:
        destructions.finish(db, found.id)


def _move(db: Session, old: Key) -> None:
    if old not in keys.live(db, old.subject, old.retention_class):
        return
    new = keys.key_for(db, old.subject, old.retention_class, custody=True)
    for row in queries.under(db, old.id):
        name = row.object_name
        fresh = keys.resuited(db, old, new, moves.place(row), moves.content(db, row))
        if fresh is None:
            continue
        moves.put(db, row, fresh)
        if name is not None:
            db.objects.delete(name)
        row.key = new.id
    db.flush()
    if not queries.under(db, old.id):
        keys.destroy(db, old, Cause.RESEALED)


ANSWERS: Mapping[str, Answer] = {
    SWEEP: sweep,
    RESEAL: reseal,
    SETTLE: settle,
    DESTROY: destroy,
}
