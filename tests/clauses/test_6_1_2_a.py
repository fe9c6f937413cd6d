"""6.1.2.a: what a purpose needs no more is deleted unasked, whole, and stays deleted."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import queries
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests import certification as sample
from tests.people import newcomer

pytestmark = pytest.mark.clause("6.1.2.a")
READER = Reader("worker", SYSTEM, Purpose.P3, Basis.CONTRACT_SELF)
PHONE = "13800138000"


def somebody(db: Session) -> SubjectId:
    subject = newcomer(db)
    phone = (Item.DI_01, PHONE, Purpose.P1, Basis.CONTRACT_SELF, "portal.sign-up")
    vault.keep(db, Keep(subject, *phone))
    nick = (Item.DI_05, "小店", Purpose.P1b, Basis.CONSENT, "platform.profile")
    vault.keep(db, Keep(subject, *nick))
    return subject


def test_the_photos_of_the_card_go_once_the_check_needs_them_no_more(db: Session) -> None:
    case = sample.certify(db, sample.applicant(db))
    legal = SubjectId(queries.parties(db, case)[Role.LEGAL].subject)
    assert {paper.item for paper in vault.documents(db, legal)} == {Item.DI_16, Item.DI_17}
    reviews.destroy_photos(db, case)
    assert vault.documents(db, legal) == []
    assert Item.DI_14 in {held.item for held in vault.holdings(db, legal)}


def test_a_deleted_item_is_found_and_opened_by_nobody(db: Session) -> None:
    subject = somebody(db)
    assert vault.find(db, Item.DI_01, PHONE) == subject
    assert vault.forget(db, subject, [Item.DI_01]) == 1
    assert vault.find(db, Item.DI_01, PHONE) is None
    with pytest.raises(NotHeld):
        vault.reveal(db, subject, [Item.DI_01], READER)


def test_what_still_serves_a_purpose_stays(db: Session) -> None:
    subject, other = somebody(db), vault.new_subject(db)
    name = (Item.DI_13, "陈知行", Purpose.P2, Basis.SEPARATE_CONSENT, "portal.onboarding")
    vault.keep(db, Keep(other, *name))
    vault.forget(db, subject, [Item.DI_05])
    assert [held.item for held in vault.holdings(db, subject)] == [Item.DI_01]
    assert [held.item for held in vault.holdings(db, other)] == [Item.DI_13]


def test_a_deletion_leaves_a_proof_without_the_value(db: Session) -> None:
    subject = somebody(db)
    vault.forget(db, subject, [Item.DI_01])
    [told] = ledger.about(db, subject, "vault.forgotten")
    assert told.facts["item"] == "DI-01"
    assert PHONE not in str(told)


def test_deleting_what_is_not_held_is_no_deletion(db: Session) -> None:
    subject = vault.new_subject(db)
    assert vault.forget(db, subject, [Item.DI_01]) == 0
    assert ledger.about(db, subject) == []
