"""The policy's legal duties against the list of statutes."""

from datetime import date

from shouyue.privacy.grounds.errors import StatuteMissing
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, ItemRule
from shouyue.privacy.statutes import service as statutes


@control(
    Clause.C2_6_1_b,
    says="The house does not open while the policy claims a duty that no article carries.",
)
def check(day: date) -> None:
    """Return if each duty that the policy declares has its article; raise StatuteMissing."""
    missing = [
        f"{rule.id.value}/{purpose.value}"
        for rule in policy.active().items.values()
        for purpose in rule.purposes
        if _claims_duty(rule, purpose) and statutes.carrying(rule.id, purpose, day) is None
    ]
    if missing:
        raise StatuteMissing(missing=", ".join(missing))


def _claims_duty(rule: ItemRule, purpose: Purpose) -> bool:
    own = any(Basis.LEGAL_DUTY in bases for bases in rule.bases.values())
    return own and Basis.LEGAL_DUTY in policy.purpose(purpose).bases
