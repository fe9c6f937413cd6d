"""Looks into the vault, as they were written down: for the person, for the day's budget, for time.

Clauses 5.1.2, 6.1.1; DI-71.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import queries, rules
from shouyue.privacy.clearance.tables import VaultAccess
from shouyue.privacy.clearance.types import Access, Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose


def note(
    db: Session, subject: SubjectId, items: Sequence[str], reader: Reader, proof: tuple[str, str]
) -> None:
    """Write a look down. `proof` is its ledger leaf, and the grant under which staff looked."""
    leaf, permit = proof
    row = VaultAccess(
        id=db.new_id(),
        at=db.clock(),
        subject=subject,
        actor=reader.actor,
        role=reader.role,
        purpose=reader.purpose.value,
        basis=reader.basis.value,
        case=reader.case,
        reason=reader.reason,
        items=list(items),
        leaf=leaf,
        permit=permit,
    )
    db.add(row)
    db.flush()


def accesses(db: ReadSession, subject: SubjectId) -> list[Access]:
    """Return who looked at what about the person, newest first."""
    return [
        Access(
            row.at,
            row.actor,
            row.role,
            Purpose(row.purpose),
            tuple(Item(item) for item in row.items),
            row.case,
            row.reason,
            row.leaf,
            row.permit,
        )
        for row in queries.accesses(db, subject)
    ]


def latest(db: ReadSession) -> Mapping[Item, datetime]:
    """Return when each item was last looked at, whoever it is about."""
    return queries.last_looks(db)


def expire(db: Session) -> int:
    """Delete looks and grants that are past their time (DI-71); return how many looks."""
    return queries.drop_before(db, db.clock() - rules.KEPT)
