"""7: nobody under 15 gets an account, nobody under 18 is certified, no guardian is on file."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry
from shouyue.people.accounts.errors import TooYoung
from shouyue.people.accounts.tables import AccountRow
from shouyue.platform.onboarding import service
from shouyue.platform.papers.errors import FieldWrong
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.tables import VaultHolding
from shouyue.privacy.vault.types import Keep
from tests import certification as sample
from tests.people import CLIENT, agreed, sign_up, ticket_for

pytestmark = pytest.mark.clause("7")
YOUNG = sample.id_number("20091124")  # 16 on the day of the tests


def test_who_does_not_say_15_or_over_gets_no_account(db: Session) -> None:
    with pytest.raises(TooYoung):
        entry.enter(db, ticket_for(db), CLIENT, replace(agreed(db), of_age=False))
    assert db.scalars(sa.select(AccountRow)).all() == []
    assert db.scalars(sa.select(VaultHolding)).all() == []


def test_no_age_is_noted_at_registration(db: Session) -> None:
    subject = sign_up(db).subject
    assert {held.item for held in vault.holdings(db, subject)} == {Item.DI_01}


@pytest.mark.parametrize("role", ["legal", "admin"])
def test_nobody_under_18_is_entered_and_nothing_of_theirs_is_kept(db: Session, role: str) -> None:
    someone = sample.applicant(db)
    sample.begin(db, someone)
    young = sample.legal_person if role == "legal" else sample.administrator
    with pytest.raises(FieldWrong) as refusal:
        service.save_step(db, someone, young(number=YOUNG))
    assert refusal.value.facts["cause"] == "under-age"
    assert db.scalars(sa.select(VaultHolding)).all() == []


@pytest.mark.parametrize("basis", list(Basis))
def test_no_file_on_guardians_can_be_made(db: Session, basis: Basis) -> None:
    assert not policy.item(Item.DI_61).collected
    new = Keep(vault.new_subject(db), Item.DI_61, "x", Purpose.P14, basis, "portal")
    with pytest.raises(NotAllowed):
        vault.keep(db, new)


def test_a_guardians_word_opens_no_ordinary_item(db: Session) -> None:
    new = Keep(vault.new_subject(db), Item.DI_01, "x", Purpose.P1, Basis.GUARDIAN, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "basis-undeclared"
