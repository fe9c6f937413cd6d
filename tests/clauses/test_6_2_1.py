"""6.2.1: a yes is taken back as easily as it was given, at once, and for what it carried alone."""

import re

import pytest

from shouyue.ground.store.session import Session
from shouyue.people.accounts import sessions
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import NotByConsent, NotGiven
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader
from tests.house import House
from tests.people import sign_up
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("6.2.1")
SURVEY = offers.purpose("zh", Purpose.P5)


def presses(visitor: Visitor, path: str) -> int:
    """How many buttons and boxes of its own a page asks to be pressed."""
    main = visitor.page(path).split("<main", 1)[1].split("</main", 1)[0]
    return len(re.findall(r"<button[^>]*>", main)) + len(re.findall(r'type="checkbox"', main))


def test_taking_back_takes_no_more_presses_than_giving(house: House) -> None:
    visitor = Visitor(house).sign_up()
    to_give = presses(visitor, "/privacy/wishes/P5")
    token = visitor.hidden("/privacy/wishes/P5", "token")
    visitor.press("/privacy/wishes/P5", token=token, agreed="yes")
    event = re.findall(r"/privacy/consents/(\w+)#end", visitor.page("/privacy/consents"))[0]
    assert 0 < presses(visitor, f"/privacy/consents/{event}") <= to_give
    assert "reason" not in visitor.page(f"/privacy/consents/{event}").split("<main", 1)[1]
    visitor.press(f"/privacy/consents/{event}/withdraw")
    assert "已撤回" in visitor.page("/privacy/consents")


def test_what_needs_the_yes_stops_in_the_same_write(db: Session) -> None:
    subject = sign_up(db).subject
    nick = Keep(subject, Item.DI_05, "小店", Purpose.P1b, Basis.CONSENT, "platform.profile")
    vault.keep(db, nick)
    consents.give(
        db,
        subject,
        consents.show(db, offers.purpose("zh", Purpose.P1b, (Item.DI_05,))).token,
        control=Control.BUTTON,
    )
    reader = Reader("worker", SYSTEM, Purpose.P1b, Basis.CONSENT)
    assert vault.reveal(db, subject, [Item.DI_05], reader)
    consents.withdraw(db, subject, Purpose.P1b)
    with pytest.raises(NotAllowed):
        vault.reveal(db, subject, [Item.DI_05], reader)
    with pytest.raises(NotGiven):
        consents.require(db, subject, Purpose.P1b)


def test_only_what_rested_on_it_stops(db: Session) -> None:
    entered = sign_up(db, chosen=[Purpose.P5])
    consents.withdraw(db, entered.subject, Purpose.P5)
    assert sessions.visit(db, entered.session_token)
    consents.require(db, entered.subject, Purpose.P1)


def test_what_was_before_stays_as_it_was(house: House) -> None:
    with house.store.begin() as db:
        subject = sign_up(db, chosen=[Purpose.P5]).subject
        before = consents.history(db, subject)
        house.clock.forward(days=1)
        leaf = consents.withdraw(db, subject, Purpose.P5)
        after = consents.history(db, subject)
        assert after[: len(before)] == before
        assert [event.state for event in after[len(before) :]] == [ConsentState.WITHDRAWN]
        assert leaf in {one.id for one in ledger.about(db, subject, "consent.withdrawn")}


def test_what_carries_the_account_cannot_be_taken_back_alone(db: Session) -> None:
    subject = sign_up(db).subject
    with pytest.raises(NotByConsent):
        consents.withdraw(db, subject, Purpose.P1)
    consents.require(db, subject, Purpose.P1)


def test_a_withdrawal_without_a_yes_writes_nothing(db: Session) -> None:
    subject = sign_up(db).subject
    before = consents.history(db, subject)
    assert consents.withdraw(db, subject, Purpose.P5) == ""
    assert consents.history(db, subject) == before
