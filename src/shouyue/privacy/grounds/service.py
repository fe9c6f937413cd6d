"""The ground of each item about each person for each purpose: fixed before collection, once.

Clauses 2.6.1.a to f. The vault asks here before it keeps anything, and its rows point to what
it is told. A withdrawal is one row, and every read of the vault looks for it.
"""

from collections.abc import Collection

from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds import queries, rules
from shouyue.privacy.grounds.errors import GroundFixed, NoGround
from shouyue.privacy.grounds.types import AGREEMENT, End, Ground
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.statutes import service as statutes


@control(Clause.C2_6_1_a, says="A contract is a ground only for who is on record as its party.")
def become_party(db: Session, subject: SubjectId, contract: str = AGREEMENT) -> None:
    """Write down that a person is in a contract with us from now on; twice is once."""
    if queries.is_party(db, subject, contract):
        return
    queries.add_party(db, subject, contract, db.clock())
    ledger.append(db, Fact("grounds.party", subject, {"contract": contract}))


@control(
    Clause.C2_6_1_a,
    Clause.C2_6_1_b,
    says="Each item has one ground for a purpose, fixed before collection and never exchanged.",
)
def fix(db: Session, subject: SubjectId, item: Item, purpose: Purpose, basis: Basis) -> Ground:
    """Return the ground in force for an item about to be kept, fixed now where there is none.

    The caller has checked that the policy declares the basis. Raises NoGround where the person is
    in no contract with us or no article carries the item, GroundFixed where another ground is in
    force that only the person's own yes could have replaced (INV-04, INV-05).
    """
    under = _under(db, subject, item, purpose, basis)
    old = queries.live(db, subject, item, purpose)
    if old is not None:
        if old.basis == basis:
            return queries.value(old)
        if not rules.may_replace(Basis(old.basis), basis):
            raise GroundFixed(item=item.value)
        queries.end(db, [old.id], End.AGREED, db.clock())
    ground = Ground(db.new_id(), subject, item, purpose, basis, under, db.clock(), None, None)
    queries.add(db, ground)
    return ground


def end(db: Session, ids: Collection[str], why: End) -> None:
    """Let grounds end on which nothing rests any more; the act's own leaf is the evidence."""
    if ids:
        queries.end(db, ids, why, db.clock())


def history(db: ReadSession, subject: SubjectId) -> list[Ground]:
    """Return every ground that a person's items have or had, the newest first."""
    return [queries.value(row) for row in queries.grounds(db, subject)]


@control(Clause.C6_2_1, says="A purpose that is switched off stops reads that consent carried.")
def switch(db: Session, subject: SubjectId, purpose: Purpose, *, on: bool) -> None:
    """Let reads under a purpose that rests on consent pass again, or stop them from now on."""
    switch_all(db, [subject], purpose, on=on)


def switch_all(db: Session, people: Collection[SubjectId], purpose: Purpose, *, on: bool) -> None:
    """Switch a purpose of many people at once, each as `switch` does."""
    off = switched_off_by(db, people)
    moved = [of for of in people if ((of, purpose) in off) is on]
    if not moved:
        return
    if on:
        queries.drop_switches(db, moved, purpose)
    else:
        queries.add_switches(db, moved, purpose, db.clock())
    facts: dict[str, str | int] = {"purpose": purpose.value, "state": "on" if on else "off"}
    ledger.append_all(db, [Fact("grounds.switched", of, facts) for of in moved])


def switched_off(db: ReadSession, subject: SubjectId) -> set[Purpose]:
    """Return the purposes that the person has switched off."""
    return {purpose for _, purpose in queries.switched_off(db, [subject])}


def switched_off_by(db: ReadSession, people: Collection[SubjectId]) -> set[tuple[str, Purpose]]:
    """Return what these people have switched off, each purpose with its person."""
    return set(queries.switched_off(db, people))


def forget_switches(db: Session, subject: SubjectId) -> None:
    """Drop what a person switched off, where nothing about them is left to read."""
    queries.drop_switches(db, [subject])


def _under(db: ReadSession, subject: SubjectId, item: Item, purpose: Purpose, basis: Basis) -> str:
    if basis is Basis.CONTRACT_SELF:
        if not queries.is_party(db, subject, AGREEMENT):
            raise NoGround(cause="no-party", item=item.value)
        return AGREEMENT
    if basis is Basis.LEGAL_DUTY:
        duty = statutes.carrying(item, purpose, db.clock().astimezone(BEIJING).date())
        if duty is None:
            raise NoGround(cause="no-statute", item=item.value)
        return duty.id
    return ""
