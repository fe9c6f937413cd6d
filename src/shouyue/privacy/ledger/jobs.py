"""Answers of the ledger to bells."""

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service


def integrate(db: Session, _job: Job) -> None:
    """`ledger.integrate`: put new evidence in order, a bounded number at a time."""
    service.integrate(db)
