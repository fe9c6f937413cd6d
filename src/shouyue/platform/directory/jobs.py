"""The daily round through the sub-accounts, and the look at whom it did not reach."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shouyue.ground.jobs.service import Answer, Trip
from shouyue.ground.jobs.types import Again, Job
from shouyue.ground.store.session import Session
from shouyue.platform.directory import rounds
from shouyue.platform.directory.types import Directory, Question
from shouyue.privacy.egress.types import HttpBack, HttpOut

Carry = Callable[[HttpOut], HttpBack]
"""Sends one request: `Egress.http`."""

ROUND, WATCH = "directory.round", "directory.watch"
SCHEDULE: Mapping[str, timedelta] = {ROUND: timedelta(days=1), WATCH: timedelta(days=1)}


def answers(carry: Carry, directory: Directory) -> dict[str, Answer | Trip[Any, Any]]:
    """Return what the worker does for each of the room's jobs."""
    return {ROUND: ask(carry, directory), WATCH: watch}


def ask(carry: Carry, directory: Directory) -> Trip[Question, tuple[Question, HttpBack]]:
    """Return the trip of one question; the round goes on until each was asked."""

    def prepare(db: Session, _job: Job) -> Question | None:
        return rounds.prepare(db, directory)

    def act(question: Question) -> tuple[Question, HttpBack]:
        return question, carry(question.out)

    def settle(db: Session, _job: Job, back: tuple[Question, HttpBack]) -> Again:
        question, answer = back
        return rounds.settle(db, question.subject, answer)

    return Trip(prepare, act, settle)


def watch(db: Session, _job: Job) -> None:
    """Raise an alarm for sub-accounts of which the directory has not spoken for three days."""
    rounds.watch(db)
