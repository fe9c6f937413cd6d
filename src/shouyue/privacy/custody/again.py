"""After a restore: what had gone into custody since the backup goes there again.

The erasure journal knows each value by its old key and item, with the grounds that keep it. What
the backup still holds live is taken away from ordinary reads before the house opens (INV-14).
"""

from collections.abc import Sequence
from datetime import datetime

from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import moves, queries, rules
from shouyue.privacy.keys import service as keys
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import sealing


@control(
    Clause.C6_1_2_b,
    says="What was in custody when a backup is restored is in custody before the house opens.",
)
def again(db: Session, found: Sequence[tuple[list[str], Line]]) -> int:
    """Put the items of these lines into custody again; return how many values moved."""
    return sum(_again(db, under, line) for under, line in found)


def _again(db: Session, under: list[str], line: Line) -> int:
    (grounds, minor), until = rules.read(line.ground), datetime.fromisoformat(line.at)
    for row in queries.came_from(db, under, line.item):
        row.minor = row.minor or minor
        moves.change_grounds(db, row, grounds)
    item, moved = Item(line.item), 0
    for subject in {key.subject for key in keys.by_ids(db, under)}:
        stored = sealing.stored(db, subject, [item])
        old = [one for one in stored if one.key in under and one.at <= until]
        moved += len(moves.take(db, [(one, grounds) for one in old], minor=minor))
    return moved
