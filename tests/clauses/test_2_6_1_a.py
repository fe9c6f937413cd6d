"""2.6.1.a and INV-05: a contract is a basis only for the person who is a party to it."""

from dataclasses import replace

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy import source
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, SubjectKind
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.people import newcomer

pytestmark = pytest.mark.clause("2.6.1.a")
OTHERS = (SubjectKind.S2, SubjectKind.S3, SubjectKind.S5, SubjectKind.S6)


def test_an_account_holders_own_contract_carries_the_log_in(db: Session) -> None:
    phone = Keep(newcomer(db), Item.DI_01, "13800001234", Purpose.P1, Basis.CONTRACT_SELF, "portal")
    assert vault.keep(db, phone)


@pytest.mark.parametrize("item", [Item.DI_13, Item.DI_14, Item.DI_18, Item.DI_19, Item.DI_20])
def test_a_companys_contract_carries_nothing_about_its_people(db: Session, item: Item) -> None:
    new = Keep(newcomer(db), item, "x", Purpose.P2, Basis.CONTRACT_SELF, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "basis-undeclared"


@pytest.mark.parametrize("kind", OTHERS)
def test_a_policy_that_says_otherwise_is_refused(kind: SubjectKind) -> None:
    whole = source.load()
    rule = whole.items[Item.DI_14]
    stretched = replace(rule, subjects=(kind,), bases={kind: (Basis.CONTRACT_SELF,)})
    faults = policy.check(replace(whole, items={**whole.items, Item.DI_14: stretched}))
    assert f"{kind} is no party to a contract with us" in {fault.what for fault in faults}


def test_another_ground_does_not_take_over_after_a_withdrawal(db: Session) -> None:
    subject = newcomer(db)
    name = Keep(subject, Item.DI_13, "陈知行", Purpose.P2, Basis.SEPARATE_CONSENT, "portal")
    vault.keep(db, name)
    grounds.switch(db, subject, Purpose.P2, on=False)
    reader = Reader("checks", SYSTEM, Purpose.P2, Basis.LEGAL_DUTY)
    with pytest.raises(NotAllowed) as refusal:
        vault.reveal(db, subject, [Item.DI_13], reader)
    assert refusal.value.facts["cause"] == "purpose-off"
