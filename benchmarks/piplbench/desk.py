"""Staff of the house: whom a lost credential reached, looks at minors that another approved."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.piplbench.mixes import MEMBERS
from benchmarks.piplbench.oracle import OFF, Answer, Op
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import grants
from shouyue.privacy.clearance.errors import NoGrant
from shouyue.privacy.clearance.types import Ask, Member, Need
from shouyue.privacy.oversight import reach
from shouyue.privacy.oversight.reach import Hands, Kind
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.sealed import Sealed
from shouyue.privacy.vault.types import Reader
from tests.clearance import prepared

_POST, _CASE = "minors", "request-1"
_YEAR = timedelta(days=365)
_ALL = [Member(f"staff-{number}", frozenset({_POST, "privacy"})) for number in range(MEMBERS + 1)]


class Desk:
    """What the members do; the last one approves, and looks at nobody."""

    def __init__(self, db: Session, recipients: Sequence[str]) -> None:
        """Let all sign and learn."""
        for member in _ALL:
            prepared(db, member.id)
        self._recipients = recipients
        self._lost_at = db.clock()
        self._grants: dict[tuple[SubjectId, int], str] = {}

    def lose(self, db: Session, _op: Op) -> Answer:
        """Every credential is in strange hands from now on."""
        self._lost_at = db.clock()
        return None

    def reached(self, db: Session, op: Op) -> Answer:
        """Tell whom a recipient's credential reached since, and with which items."""
        window = self._lost_at, self._lost_at + _YEAR
        found = reach.reach(db, Hands(Kind.APP, self._recipients[op.number], *window), _ALL[-1].id)
        return {of: sorted(items) for of, items in found.people.items()}

    def approve(self, db: Session, op: Op) -> Answer:
        """Let a member look at one minor: asked by one, approved by another."""
        reached = {op.subject: [Item.DI_62]}
        asked = Ask(_POST, Purpose.P14, reached, Need.REQUEST, _CASE)
        made = self._grants[_pair(op)] = grants.ask(db, _ALL[op.number], asked)
        grants.approve(db, made, _ALL[-1])
        return None

    def give_back(self, db: Session, op: Op) -> Answer:
        """End a member's grant."""
        grants.end(db, self._grants.pop(_pair(op)), _ALL[op.number])
        return None

    def look(self, db: Session, op: Op) -> Answer:
        """Look at a minor, where that was approved."""
        reader = Reader(_ALL[op.number].id, _POST, Purpose.P14, Basis.GUARDIAN, _CASE, "request")
        try:
            return opened(vault.reveal(db, op.subject, [Item.DI_62], reader)[Item.DI_62])
        except NoGrant:
            return OFF


def _pair(op: Op) -> tuple[SubjectId, int]:
    return op.subject, op.number


def opened(value: Sealed[str]) -> str:
    """Return a revealed value: a measure is no place of the house, and no list names it."""
    return str(value._Sealed__value)  # type: ignore[attr-defined]  # noqa: SLF001
