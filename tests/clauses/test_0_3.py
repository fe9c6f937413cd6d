"""0.3: who does not agree stops here, loses nothing else, and is not pestered."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.people.accounts import sessions
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import CoolingDown
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy.purposes import Purpose
from tests.house import House
from tests.people import sign_up

pytestmark = pytest.mark.clause("0.3")
SURVEY = offers.purpose("zh", Purpose.P5)


def test_a_no_is_recorded_with_the_words_it_answered(db: Session) -> None:
    subject = sign_up(db).subject
    notice = consents.ask(db, subject, SURVEY, by_person=True)
    consents.refuse(db, subject, notice.token)
    last = consents.history(db, subject)[-1]
    assert (last.state, last.notice) == (ConsentState.REFUSED, notice.digest)
    assert last.leaf


def test_a_no_to_one_purpose_costs_nothing_else(db: Session) -> None:
    entered = sign_up(db)
    notice = consents.ask(db, entered.subject, SURVEY, by_person=True)
    consents.refuse(db, entered.subject, notice.token)
    assert sessions.visit(db, entered.session_token)
    consents.require(db, entered.subject, Purpose.P1)


def test_who_said_no_is_left_in_peace_for_two_days(house: House) -> None:
    with house.store.begin() as db:
        subject = sign_up(db).subject
        consents.refuse(db, subject, consents.ask(db, subject, SURVEY, by_person=True).token)
        house.clock.forward(hours=47)
        with pytest.raises(CoolingDown):
            consents.ask(db, subject, SURVEY, by_person=False)


def test_a_no_takes_an_earlier_yes_away(db: Session) -> None:
    subject = sign_up(db).subject
    consents.give(db, subject, consents.show(db, SURVEY).token, control=Control.BUTTON)
    consents.refuse(db, subject, consents.show(db, SURVEY).token)
    assert consents.state(db, subject, Purpose.P5) is ConsentState.REFUSED


def test_showing_a_notice_stores_nothing(house: House) -> None:
    with house.store.read() as db:
        assert consents.show(db, offers.registration("zh")).token
