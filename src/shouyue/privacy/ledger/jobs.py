"""Answers of the ledger to bells."""

from contextlib import suppress

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service
from shouyue.privacy.ledger.errors import Forked


def integrate(db: Session, _job: Job) -> None:
    """`ledger.integrate`: put new evidence in order, a bounded number at a time."""
    # The alarm of the fork was raised when it was found; the work begins again by itself.
    with suppress(Forked):
        service.integrate(db)
