"""The work of the room: a round of questions each minute, and a look at the newest answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer, Trip
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.egress.types import HttpBack, HttpOut
from shouyue.privacy.witnesses import service
from shouyue.privacy.witnesses.types import Answered, Asked, Witness

Carry = Callable[[HttpOut], HttpBack]
"""Sends one request: `Egress.http`."""

ROUND, WATCH = "witnesses.round", "witnesses.watch"
SCHEDULE = {ROUND: timedelta(minutes=1), WATCH: timedelta(hours=1)}


def answers(
    carry: Carry, witnesses: Sequence[Witness]
) -> Mapping[str, Answer | Trip[Asked, Answered]]:
    """Return what the worker does for each of the room's jobs."""
    named = {witness.name: witness for witness in witnesses}
    return {ROUND: begin(named), service.ASK: ask(carry, named), WATCH: watch(named)}


def begin(named: Mapping[str, Witness]) -> Answer:
    """Ask every witness to sign the newest checkpoint of the evidence log."""

    def begin_round(db: Session, _job: Job) -> None:
        for name in named:
            jobs.enqueue(db, service.ASK, {"witness": name}, once=f"witness:{name}")

    return begin_round


def ask(carry: Carry, named: Mapping[str, Witness]) -> Trip[Asked, Answered]:
    """Ask one witness to sign the newest checkpoint, with the proof that the log only grew."""

    def prepare(db: Session, job: Job) -> Asked | None:
        witness = named.get(str(job.args["witness"]))
        return None if witness is None else service.ask(db, witness, _old(job))

    def act(asked: Asked) -> Answered:
        return Answered(asked, carry(asked.out))

    def settle(db: Session, job: Job, answer: Answered) -> None:
        service.hear(db, answer, first=_old(job) is None)

    return Trip(prepare, act, settle)


def watch(named: Mapping[str, Witness]) -> Answer:
    """Raise an alarm where no witness has signed the log for a day."""

    def look(db: Session, _job: Job) -> None:
        if named:
            service.watch(db)

    return look


def _old(job: Job) -> int | None:
    said = job.args.get("old")
    return None if said is None else int(said)
