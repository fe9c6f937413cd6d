"""6.3.2: what was erased with the person's keys is gone, proved, and never comes back."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.overview import service as overview
from shouyue.people.overview.errors import NotYours
from shouyue.privacy.keys import service as keys
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import House
from tests.people import PHONE, newcomer, sign_up

pytestmark = pytest.mark.clause("6.3.2")
READER = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)


def kept(db: Session) -> SubjectId:
    subject = newcomer(db)
    phone = (Item.DI_01, PHONE, Purpose.P1, Basis.CONTRACT_SELF, "portal.sign-up")
    vault.keep(db, Keep(subject, *phone))
    return subject


def test_nothing_of_the_person_opens_any_more(db: Session) -> None:
    subject, other = kept(db), vault.new_subject(db)
    nick = (Item.DI_05, "小店", Purpose.P1b, Basis.CONSENT, "platform.profile")
    vault.keep(db, Keep(other, *nick))
    assert vault.shred(db, subject)
    assert keys.live(db, subject) == []
    with pytest.raises(NotHeld):
        vault.reveal(db, subject, [Item.DI_01], READER)
    assert [held.item for held in vault.holdings(db, other)] == [Item.DI_05]


def test_each_destroyed_key_has_a_certificate_for_its_person_alone(db: Session) -> None:
    subject, other = kept(db), vault.new_subject(db)
    (key,) = vault.shred(db, subject)
    ledger.integrate(db)
    proof = overview.certificate(db, subject, key).decode()
    assert subject not in proof
    assert PHONE not in proof
    with pytest.raises(NotYours):
        overview.certificate(db, other, key)


def test_who_comes_again_is_somebody_new_and_sees_nothing_old(house: House) -> None:
    with house.store.begin() as db:
        old = sign_up(db).subject
        vault.shred(db, old)
        house.clock.forward(minutes=2)
        new = sign_up(db).subject
        assert new != old
        assert vault.find(db, Item.DI_01, PHONE) == new
        assert vault.accesses(db, new) == []
        assert ledger.about(db, new, "vault.shredded") == []
