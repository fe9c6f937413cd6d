"""What is held, on what ground, and whether anybody ever needs it (clauses 2.0, 5.2).

An item that nobody has looked at for ninety days while it was held is flagged: perhaps it should
not be asked for at all (PIPL 6, 19).
"""

from collections.abc import Mapping
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.jobs.service import Answer
from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.looks import service as looks
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import queries, rules
from shouyue.privacy.vault.types import Usage

CHECK = "vault.usage"
SCHEDULE = {CHECK: timedelta(days=1)}


def listed(db: ReadSession) -> list[Usage]:
    """Return each item, purpose and basis that is held, by item, with its last look."""
    read, now = looks.latest(db), db.clock()
    lines: list[Usage] = []
    for item, purpose, basis, count, since in queries.held_as(db):
        read_at = read.get(Item(item))
        idle = rules.idle(since, read_at, now)
        why = Purpose(purpose), Basis(basis)
        lines.append(Usage(Item(item), *why, count, since, read_at, unread=idle))
    return lines


def undeclared(db: ReadSession) -> list[str]:
    """Return what is held and the policy in force does not declare, as `item/purpose/basis`."""
    held = queries.held_as(db)
    return ["/".join(kept[:3]) for kept in held if not rules.declared(*kept[:3])]


@control(Clause.C5_2, says="An item that nobody has read for ninety days is flagged.")
def check(db: Session, _job: Job) -> None:
    """Raise an alarm for each item that is held and not read."""
    for item in sorted({line.item for line in listed(db) if line.unread}):
        about = {"kind": "vault.unread", "where": "vault", "about": item.value}
        jobs.enqueue(db, "alarm.raised", about)


ANSWERS: Mapping[str, Answer] = {CHECK: check}
