"""The register of what is held and why, and the look that an emergency allows.

Clauses 2.0 and 5.2 (each item with its purpose, its ground and its use), 2.6.1.c.
"""

from collections.abc import Collection, Iterator
from datetime import date

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import papers, permits
from shouyue.privacy.clearance.types import Member
from shouyue.privacy.grounds import emergencies
from shouyue.privacy.grounds.errors import NoEmergency, NothingHeld
from shouyue.privacy.grounds.types import Danger
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.types import Attempt
from shouyue.privacy.oversight.types import Line
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.statutes.types import Duty
from shouyue.privacy.vault import guard, usage
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.sealed import Sealed
from shouyue.privacy.vault.types import Held, Reader, Usage

ROLE = "emergency"


def register(db: ReadSession) -> list[Line]:
    """Return each item, purpose and basis that is held, by item."""
    day = db.clock().astimezone(BEIJING).date()
    return [Line(one, _law(one, day)) for one in usage.listed(db)]


@control(
    Clause.C5_1_2,
    Clause.C5_2,
    says="Who lists what a purpose holds has signed and learnt, and sees ids and no value.",
)
def holdings(db: Session, purpose: Purpose, staff_id: str) -> Iterator[Held]:
    """Return what is held for a purpose, about everybody; evidence first, and nothing is opened.

    For an audit: each item with its person's id, its ground, its source and since when. In no
    order. Raises NotSigned, NotTrained, Frozen for who may look at nobody.
    """
    papers.check_fit(db, staff_id)
    facts: dict[str, str | int] = {"purpose": purpose.value, "by": staff_id}
    ledger.append(db, Fact("oversight.listed", None, facts))
    return vault.held_for(db, purpose)


def ask(
    db: Session, subject: SubjectId, danger: Danger, items: Collection[Item], staff_id: str
) -> str:
    """Write an emergency down, about items that are held; return its id.

    Raises NothingHeld where one of them is not: an emergency collects nothing. Raises NotSigned,
    NotTrained, Frozen for who may look at nobody.
    """
    papers.check_fit(db, staff_id)
    held = {holding.item for holding in vault.held(db, [subject])}
    if not items or not set(items) <= held:
        raise NothingHeld
    return emergencies.ask(db, subject, danger, items, staff_id)


@control(
    Clause.C5_1_2,
    says="In an emergency too, nobody opens anything who has not signed and learnt.",
)
def confirm(db: Session, emergency_id: str, member: Member, hours: int) -> None:
    """Let the two look for some hours, 72 at most.

    Raises NoEmergency, SamePerson, NotYourPost; NotSigned, NotTrained, Frozen for who may look at
    nobody.
    """
    papers.check_fit(db, member.id)
    one = emergencies.one(db, emergency_id)
    permits.check_confirming(member, one.items, minor=guard.is_minor(db, one.subject))
    emergencies.confirm(db, emergency_id, member.id, hours)


def look(db: Session, emergency_id: str, item: Item, staff_id: str) -> Sealed[str]:
    """Return one item under a live emergency, for one of its two people; evidence first.

    Raises NoEmergency where there is none, NoGround for anybody else and any other item, NotHeld;
    NotSigned, NotTrained, Frozen for who may look at nobody.
    """
    one = emergencies.one(db, emergency_id)
    held = {holding.item: holding.purpose for holding in vault.held(db, [one.subject])}
    attempt = Attempt(staff_id, ROLE, items=(item,), case=one.id, subject=one.subject)
    with refused.traced(attempt):
        if item not in one.items:
            raise NoEmergency
        if item not in held:
            raise NotHeld(item=item.value)
    reader = Reader(staff_id, ROLE, held[item], Basis.EMERGENCY, case=one.id)
    return vault.reveal(db, one.subject, [item], reader)[item]


def _law(one: Usage, day: date) -> Duty | None:
    by_law = one.basis is Basis.LEGAL_DUTY
    return statutes.carrying(one.item, one.purpose, day) if by_law else None
