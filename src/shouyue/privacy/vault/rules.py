"""Who may keep and who may read: pure decisions over the policy's item rules (INV-03, 05)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, ItemRule
from shouyue.privacy.vault.errors import GroundShut, NotAllowed
from shouyue.privacy.vault.types import SELF, SYSTEM, Reader

ORPHAN_AGE = timedelta(days=1)
"""An object without a row is left alone this long: its unit of work may still be running."""

UNREAD_AFTER = timedelta(days=90)
"""An item that is held this long and never looked at is flagged (clause 5.2)."""

_HOUSE = frozenset({SELF, SYSTEM})
_STAFF = "staff"
"""In an item's list of those who may see it: whoever works for the operator."""


_SHUT = {
    Basis.MEDIA: Clause.C2_6_1_d,
    Basis.PUBLIC: Clause.C2_6_1_e,
    Basis.OTHER_LAW: Clause.C2_6_1_f,
}
"""Grounds that nothing here rests on: what each would need (a source, an article) is not built."""


@control(
    Clause.C2_6_1_d,
    Clause.C2_6_1_e,
    Clause.C2_6_1_f,
    says="Shut: nothing is kept or opened on this ground, and the refusal names it.",
    shut=True,
)
def check_open(basis: Basis) -> None:
    """Return if the house does anything on this ground at all; raise GroundShut otherwise."""
    if basis in _SHUT:
        raise GroundShut(cause="ground-shut", basis=basis.value, clause=_SHUT[basis].value)


@control(
    Clause.C2_6_1_a,
    Clause.C2_6_1_b,
    Clause.C2_6_1_c,
    says="Nothing is kept but on a basis that the policy declares for that very item.",
)
def check_keep(rule: ItemRule, purpose: Purpose, basis: Basis) -> None:
    """Return if the policy declares this item, purpose and basis; raise NotAllowed otherwise."""
    check_open(basis)
    if not rule.collected or purpose not in rule.purposes:
        raise NotAllowed(cause="purpose-undeclared", item=rule.id.value)
    if basis not in _declared(rule):
        raise NotAllowed(cause="basis-undeclared", item=rule.id.value)


def declared(item: str, purpose: str, basis: str) -> bool:
    """Tell whether the policy in force declares this item, purpose and basis."""
    try:
        check_keep(policy.item(Item(item)), Purpose(purpose), Basis(basis))
    except (KeyError, NotAllowed, ValueError):
        return False
    return True


def idle(since: datetime, read_at: datetime | None, now: datetime) -> bool:
    """Tell whether an item held since then has gone unread for ninety days."""
    return now - max(since, read_at or since) >= UNREAD_AFTER


def check_reader(reader: Reader, subject: SubjectId) -> None:
    """Return if the reader says who, as what and why; raise NotAllowed otherwise (INV-02)."""
    if not (reader.actor and reader.role):
        raise NotAllowed(cause="reader-incomplete")
    check_open(reader.basis)
    if reader.role == SELF and reader.actor != subject:
        raise NotAllowed(cause="not-self")
    if reader.is_staff and not (reader.case or reader.reason):
        raise NotAllowed(cause="case-or-reason-missing")


@control(
    Clause.C5_1_2,
    Clause.C2_6_1_a,
    Clause.C2_6_1_c,
    says="Who reads must be listed for the item, and claim a ground that it or the purpose has.",
)
def check_read(
    rule: ItemRule,
    kept: tuple[Purpose, Basis],
    off: Collection[Purpose],
    reader: Reader,
    grounds: Collection[Basis],
) -> None:
    """Return if the reader reaches a holding kept so; raise NotAllowed otherwise.

    `grounds` are the bases of the reader's purpose. Staff read only items that list their role.
    Consent reaches only the purpose it was given for; another declared purpose needs a ground of
    its own. A purpose that is off stops what consent carries, whatever ground a reader claims.
    """
    purpose, basis = kept
    if reader.role not in _HOUSE | set(rule.seen_by) and _STAFF not in rule.seen_by:
        raise NotAllowed(cause="role-undeclared", item=rule.id.value)
    # Seeing what is held about oneself needs no declared purpose (PIPL 45).
    own = reader.role == SELF and reader.purpose is Purpose.P13
    if reader.purpose not in rule.purposes and not own:
        raise NotAllowed(cause="purpose-undeclared", item=rule.id.value)
    if reader.basis not in _declared(rule) | set(grounds):
        raise NotAllowed(cause="basis-undeclared", item=rule.id.value)
    if basis.agreed and reader.basis.agreed and reader.purpose is not purpose:
        raise NotAllowed(cause="beyond-consent", item=rule.id.value)
    if reader.purpose in off and (basis.agreed or reader.basis.agreed):
        raise NotAllowed(cause="purpose-off", item=rule.id.value)


def _declared(rule: ItemRule) -> set[Basis]:
    return {basis for bases in rule.bases.values() for basis in bases}
