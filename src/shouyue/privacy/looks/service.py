"""Looks into the vault, as they were written down: for the person, for a day's count, for time.

Clauses 5.1.2, 6.1.1; DI-71.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.looks import queries
from shouyue.privacy.looks.tables import VaultAccess
from shouyue.privacy.looks.types import Access, Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose

KEPT = timedelta(days=3 * 366)
"""How long looks are kept, and what let them happen (DI-71: six months by law, three years)."""

take_turn = queries.take_turn
under = queries.looks_under
looks_since = queries.looks_since

Look = tuple[SubjectId, Sequence[str], Reader, str, str]
"""Whose items somebody looks at, their codes, who looks, the ledger leaf, the grant of staff."""


def note(db: Session, looks: Sequence[Look]) -> None:
    """Write looks down, all of one act together."""
    now = db.clock()
    queries.add_looks(
        db,
        [
            (
                db.new_id(),
                now,
                subject,
                reader.actor,
                reader.role,
                reader.purpose.value,
                reader.basis.value,
                reader.case,
                reader.reason,
                list(items),
                leaf,
                permit,
            )
            for subject, items, reader, leaf, permit in looks
        ],
    )


def accesses(db: ReadSession, subject: SubjectId) -> list[Access]:
    """Return who looked at what about the person, newest first."""
    return [access for _, access in page(db, [subject])]


def page(
    db: ReadSession, people: Collection[SubjectId], most: int | None = None, skip: int = 0
) -> list[tuple[SubjectId, Access]]:
    """Return the looks at these people, each with whose it was at, newest first."""
    rows = queries.accesses(db, people, most, skip)
    return [(SubjectId(row.subject), _access(row)) for row in rows]


def seen_by(
    db: ReadSession, actor: str, since: datetime, until: datetime
) -> dict[SubjectId, frozenset[Item]]:
    """Return whose items an actor looked at from one moment to before another."""
    found: dict[SubjectId, frozenset[Item]] = {}
    for subject, codes in queries.looks_by(db, actor, since, until):
        whose = SubjectId(subject)
        found[whose] = found.get(whose, frozenset()) | set(map(Item, codes))
    return found


def latest(db: ReadSession) -> Mapping[Item, datetime]:
    """Return when each item was last looked at, whoever it is about."""
    return queries.last_looks(db)


def expire(db: Session) -> int:
    """Delete looks that are past their time (DI-71); return how many."""
    return queries.drop_before(db, db.clock() - KEPT)


def _access(row: VaultAccess) -> Access:
    items, why = tuple(map(Item, row.items)), (row.case, row.reason, row.leaf, row.permit)
    return Access(row.at, row.actor, row.role, Purpose(row.purpose), items, *why)
