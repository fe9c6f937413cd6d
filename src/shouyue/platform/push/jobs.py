"""The work of the push room: deliveries and heartbeats that leave the process, and the clean-up."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shouyue.ground.jobs.service import Answer, Trip
from shouyue.ground.jobs.types import Again, Job
from shouyue.ground.store.session import Session
from shouyue.platform.push import deliveries, heartbeat, service
from shouyue.platform.push.types import Audience
from shouyue.privacy.egress.types import HttpBack, HttpOut

Carry = Callable[[HttpOut], HttpBack]
"""Sends one request: `Egress.http`."""

PROBE, EXPIRE = "push.probe", "push.expire"

SCHEDULE: Mapping[str, timedelta] = {PROBE: timedelta(minutes=10), EXPIRE: timedelta(hours=1)}
"""How often each periodic job runs."""


def answers(carry: Carry, audience: Audience) -> dict[str, Answer | Trip[Any, Any]]:
    """Return what the worker does for each of the room's jobs."""
    return {
        service.DELIVER: deliver(carry, audience),
        heartbeat.BEAT: beat(carry),
        PROBE: probe,
        EXPIRE: expire,
    }


def deliver(carry: Carry, audience: Audience) -> Trip[HttpOut, HttpBack]:
    """Return the trip of one delivery."""

    def prepare(db: Session, job: Job) -> HttpOut | None:
        return deliveries.prepare(db, str(job.args["delivery"]), audience)

    def settle(db: Session, job: Job, back: HttpBack) -> Again | None:
        return deliveries.settle(db, str(job.args["delivery"]), back)

    return Trip(prepare, carry, settle)


def beat(carry: Carry) -> Trip[HttpOut, HttpBack]:
    """Return the trip of one probe."""

    def prepare(db: Session, job: Job) -> HttpOut | None:
        return heartbeat.prepare(db, str(job.args["app"]))

    def settle(db: Session, job: Job, back: HttpBack) -> None:
        heartbeat.settle(db, str(job.args["app"]), back)

    return Trip(prepare, carry, settle)


def probe(db: Session, _job: Job) -> None:
    """Begin a round of heartbeats."""
    heartbeat.begin(db)


def expire(db: Session, _job: Job) -> None:
    """Delete what is past its time."""
    deliveries.expire(db)
