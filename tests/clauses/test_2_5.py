"""2.5: others' data needs their leave; a new purpose is off for each person until they agree."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import sessions
from shouyue.platform.onboarding import named, queries, service
from shouyue.platform.onboarding.errors import AuthorityMissing
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Role
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import CoolingDown, NotGiven
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import Keep
from tests import certification as sample
from tests.house import House
from tests.people import sign_up

pytestmark = pytest.mark.clause("2.5")
SURVEY = offers.purpose("zh", Purpose.P5)


def test_others_data_is_not_taken_without_the_submitters_word(db: Session) -> None:
    someone = sample.applicant(db)
    sample.fill(db, someone)
    with pytest.raises(AuthorityMissing):
        service.submit(db, someone, sample.submission(db, authorised=False))
    assert not ledger.about(db, someone, "onboarding.authority")


def test_who_is_named_objects_without_an_account_and_is_erased(db: Session) -> None:
    someone = sample.applicant(db)
    case = sample.submit(db, someone)
    legal = SubjectId(queries.parties(db, case)[Role.LEGAL].subject)
    assert vault.holdings(db, legal)
    named.object_to(db, sample.link(db, case, Role.LEGAL))
    assert vault.holdings(db, legal) == []
    assert vault.documents(db, legal) == []
    assert service.state(db, someone) is CaseState.REJECTED


def test_a_new_purpose_is_off_until_this_person_agrees(db: Session) -> None:
    one, other = sign_up(db).subject, sign_up(db, "13900139000").subject
    consents.give(db, one, consents.show(db, SURVEY).token, control=Control.BUTTON)
    consents.require(db, one, Purpose.P5)
    with pytest.raises(NotGiven):
        consents.require(db, other, Purpose.P5)


def test_a_no_leaves_the_old_functions_as_they_were(db: Session) -> None:
    entered = sign_up(db)
    consents.refuse(db, entered.subject, consents.show(db, SURVEY).token)
    assert sessions.visit(db, entered.session_token)
    consents.require(db, entered.subject, Purpose.P1)
    assert consents.state(db, entered.subject, Purpose.P5) is ConsentState.REFUSED


def test_who_said_no_is_not_pressed(house: House) -> None:
    with house.store.begin() as db:
        subject = sign_up(db).subject
        consents.refuse(db, subject, consents.show(db, SURVEY).token)
        house.clock.forward(hours=24)
        with pytest.raises(CoolingDown):
            consents.ask(db, subject, SURVEY, by_person=False)


def test_no_item_is_kept_for_a_purpose_it_was_not_declared_for(db: Session) -> None:
    subject = sign_up(db).subject
    assert Purpose.P5 not in policy.item(Item.DI_05).purposes
    with pytest.raises(NotAllowed):
        vault.keep(db, Keep(subject, Item.DI_05, "小店", Purpose.P5, Basis.CONSENT, "survey"))
