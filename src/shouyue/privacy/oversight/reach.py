"""How far a credential reached that was in strange hands: an app's, a grant's, a staff member's.

It answers who must be told and of which items (clause 5.4; PIPL 57), and opens nothing.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import papers
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.looks import service as looks
from shouyue.privacy.oversight.errors import NoWindow
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing import reach as releases


class Kind(StrEnum):
    """Whose credential it is."""

    APP = "app"
    GRANT = "grant"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Hands:
    """A credential in strange hands: whose, from when to before when (UTC).

    `who` is an app's or a staff member's id. With `grant`, tokens of that grant of the app alone.
    """

    kind: Kind
    who: str
    since: datetime
    until: datetime
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose items were reached; of who has been erased since, the id alone is left.

    `buyers` are by their keyed reference (`sharing.buyer_ref`), in hex.
    """

    people: dict[SubjectId, frozenset[Item]]
    buyers: dict[str, frozenset[Item]]

    def counts(self) -> list[tuple[Item, int, int]]:
        """Return how many people and how many buyers each item is about, by item."""
        people = Counter(item for items in self.people.values() for item in items)
        buyers = Counter(item for items in self.buyers.values() for item in items)
        return [(item, people[item], buyers[item]) for item in sorted({*people, *buyers})]


@control(
    Clause.C5_4,
    says="Whom a credential in strange hands reached, with which items, is answered on record.",
    lacks="A case with its grade and clocks, the report to the authority, the notice to people.",
)
def reach(db: Session, hands: Hands, staff_id: str) -> Reach:
    """Return whom a credential reached in a window; evidence of the question first.

    Raises NoWindow where it ends before it begins, or begins later than now; NotSigned, NotTrained,
    Frozen for who may look at nobody.
    """
    papers.check_fit(db, staff_id)
    if not hands.since < min(hands.until, db.clock()):
        raise NoWindow
    facts: dict[str, str | int] = {
        "kind": hands.kind.value,
        "of": hands.grant or hands.who,
        "since": hands.since.isoformat(),
        "until": hands.until.isoformat(),
        "by": staff_id,
    }
    ledger.append(db, Fact("oversight.reached", None, facts))
    if hands.kind is Kind.STAFF:
        return Reach(looks.seen_by(db, hands.who, hands.since, hands.until), {})
    found = releases.reached(db, hands.who, hands.since, hands.until, hands.grant)
    return Reach(found.people, {ref.hex(): items for ref, items in found.buyers.items()})
