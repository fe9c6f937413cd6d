"""Answers of keys to bells: keys follow the newest root, and a root that two gave up goes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from shouyue.ground.hazmat.keyring import Chamber, KeyRing
from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer, Trip
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.keys import destructions, roots, rules
from shouyue.privacy.keys.types import Anew, Doomed, Wrapped

_WATCH = "keys.watch"
SCHEDULE = {roots.REWRAP: timedelta(days=1), _WATCH: timedelta(days=1)}


def watch(db: Session, _job: Job) -> None:
    """Raise an alarm for a root that should have been renewed, or destroyed."""
    for kind, root_id in rules.overdue(roots.status(db), db.clock()):
        jobs.enqueue(db, "alarm.raised", {"kind": kind, "where": "keys", "about": root_id})


def _next(db: Session, job: Job) -> tuple[KeyRing, list[Wrapped]] | None:
    """Take the next keys that an older root has wrapped, after the one last seen."""
    keys = roots.behind(db, str(job.args.get("after", "")))
    return (db.keys, keys) if keys else None


def _anew(luggage: tuple[KeyRing, list[Wrapped]]) -> list[Anew]:
    """Have the keeper wrap them anew."""
    return roots.rewrapped(*luggage)


def _settle(db: Session, job: Job, done: list[Anew]) -> None:
    """Where the run stands is the key last seen: whoever is killed begins there again."""
    if roots.settle(db, done):
        jobs.enqueue(db, "alarm.raised", {"kind": "keys.damaged", "where": "data-key"})
    jobs.enqueue(db, job.name, {"after": max(one.old.id for one in done)})


def _given_up(db: Session, job: Job) -> tuple[KeyRing, str] | None:
    """Let a root go that two members of staff gave up; first here, where keys would point to it."""
    found = destructions.approved(db, str(job.args["destruction"]))
    if found is None or not destructions.retire_root(db, found):
        return None
    return db.keys, found.target


def _end(luggage: tuple[KeyRing, str]) -> None:
    """Have the keeper destroy it."""
    ring, target = luggage
    chamber, _, name = target.partition(".")
    ring.root.retire(Chamber(chamber), name)


def _ended(db: Session, job: Job, _done: None) -> None:
    destructions.finish(db, str(job.args["destruction"]))


ANSWERS: Mapping[str, Answer | Trip[Any, Any]] = {
    _WATCH: watch,
    roots.REWRAP: Trip(_next, _anew, _settle),
    destructions.JOBS[Doomed.ROOT]: Trip(_given_up, _end, _ended),
}
