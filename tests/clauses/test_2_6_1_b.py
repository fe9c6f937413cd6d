"""2.6.1.b: a legal duty carries only what the policy says that it carries, and is on record."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import Keep

pytestmark = pytest.mark.clause("2.6.1.b")


def test_what_a_duty_carries_is_kept_with_the_duty_on_record(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, Keep(subject, Item.DI_13, "陈知行", Purpose.P2, Basis.LEGAL_DUTY, "portal"))
    (entry,) = ledger.about(db, subject, "vault.kept")
    assert (entry.facts["basis"], entry.facts["purpose"]) == ("LEGAL_DUTY", "P2")


@pytest.mark.parametrize(
    ("item", "purpose"),
    [(Item.DI_01, Purpose.P1), (Item.DI_03, Purpose.P1), (Item.DI_04, Purpose.P1b)],
)
def test_a_duty_that_the_policy_does_not_state_is_no_ground(
    db: Session, item: Item, purpose: Purpose
) -> None:
    new = Keep(vault.new_subject(db), item, "x", purpose, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "basis-undeclared"


def test_a_duty_reaches_no_further_than_its_purpose(db: Session) -> None:
    new = Keep(vault.new_subject(db), Item.DI_13, "x", Purpose.P3, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "purpose-undeclared"
