"""One notice is answered once, whoever answers at the same moment, on both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.grants import service as grants
from shouyue.platform.oauth import service as oauth
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import NoticeUsed
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.merchants import CALLBACK, make_app, make_merchant
from tests.rooms.test_races import meet

pytestmark = pytest.mark.clause("0.4")
SURVEY = offers.purpose("zh", Purpose.P5, (Item.DI_37,))
Deed = Callable[[Session], Refusal | None]


def told(deed: Callable[[Session], object]) -> Deed:
    """The deed, answering with the refusal that somebody reads."""

    def tried(db: Session) -> Refusal | None:
        try:
            deed(db)
        except NoticeUsed as no:
            return no
        return None

    return tried


def yes(subject: SubjectId, token: str) -> Deed:
    return told(lambda db: consents.give(db, subject, token, control=Control.UNTICKED_BOX))


def no(subject: SubjectId, token: str) -> Deed:
    return told(lambda db: consents.refuse(db, subject, token))


def notice(house: House) -> tuple[SubjectId, str]:
    with house.store.begin() as db:
        return vault.new_subject(db), consents.show(db, SURVEY).token


def states(house: House, subject: SubjectId) -> list[ConsentState]:
    with house.store.read() as db:
        return [event.state for event in consents.history(db, subject)]


@pytest.mark.parametrize("second", [yes, no])
@pytest.mark.parametrize(
    ("first", "state"), [(yes, ConsentState.GIVEN), (no, ConsentState.REFUSED)]
)
def test_of_two_answers_at_once_the_first_counts_and_the_other_is_told(
    house: House,
    first: Callable[[SubjectId, str], Deed],
    second: Callable[[SubjectId, str], Deed],
    state: ConsentState,
) -> None:
    subject, token = notice(house)
    one, other = meet(house, first(subject, token), second(subject, token))
    assert one is None
    assert isinstance(other, NoticeUsed)
    assert states(house, subject) == [state]


def test_one_notice_answered_by_two_people_at_once_speaks_for_the_first(house: House) -> None:
    subject, token = notice(house)
    stranger, _ = notice(house)
    one, other = meet(house, yes(subject, token), yes(stranger, token))
    assert one is None
    assert isinstance(other, NoticeUsed)
    assert states(house, stranger) == []


def test_two_notices_answered_at_once_leave_what_the_later_one_said(house: House) -> None:
    subject, token = notice(house)
    with house.store.begin() as db:
        another = consents.show(db, SURVEY).token
        # The words are known already: two who bring them first would wait for each other.
        consents.refuse(db, vault.new_subject(db), consents.show(db, SURVEY).token)
    one, other = meet(house, yes(subject, token), no(subject, another))
    assert (one, other) == (None, None)
    with house.store.read() as seen:
        assert consents.state(seen, subject, Purpose.P5) is ConsentState.REFUSED
        assert Purpose.P5 in grounds.switched_off(seen, subject)


def test_a_withdrawal_that_meets_a_yes_ends_it(house: House) -> None:
    subject, token = notice(house)
    _, leaf = meet(
        house, yes(subject, token), lambda db: consents.withdraw(db, subject, Purpose.P5)
    )
    assert leaf
    assert states(house, subject) == [ConsentState.GIVEN, ConsentState.WITHDRAWN]


def test_one_yes_to_an_app_sent_twice_at_once_is_one_grant(house: House) -> None:
    with house.store.begin() as db:
        _, app = make_app(db)
        merchant = make_merchant(db)
        wanted = {"app_id": app.appkey, "redirect_uri": CALLBACK, "scope": "merchant_order"}
        asked = oauth.ask(db, {**wanted, "response_type": "code"})
        token = consents.show(db, grants.offer(asked, "zh")).token
    deed = told(lambda db: oauth.grant(db, merchant, asked, token, control=Control.UNTICKED_BOX))
    one, other = meet(house, deed, deed)
    assert one is None
    assert isinstance(other, NoticeUsed)
    with house.store.read() as seen:
        assert len(grants.grants_of(seen, merchant)) == 1


def test_a_yes_renewed_while_the_old_one_is_written_off_stays(house: House) -> None:
    lasting = replace(SURVEY, days=30)
    with house.store.begin() as db:
        subject = vault.new_subject(db)
        consents.give(db, subject, consents.show(db, lasting).token, control=Control.UNTICKED_BOX)
    house.clock.forward(days=30)
    with house.store.read() as seen:
        token = consents.show(seen, lasting).token
    _, expired = meet(house, yes(subject, token), consents.expire)
    assert expired == 0
    with house.store.read() as seen:
        assert consents.state(seen, subject, Purpose.P5) is ConsentState.GIVEN
