"""0.4 and INV-06, INV-08: only an act on an unticked box, bound to the words shown, is consent."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import entry
from shouyue.people.accounts.errors import ConsentNeeded
from shouyue.people.accounts.types import ConsentGiven
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import ConsentMissing
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from tests.house import House
from tests.people import CLIENT, agreed, sign_up, ticket_for

pytestmark = pytest.mark.clause("0.4")


def rows(db: ReadSession) -> dict[str, int]:
    return {
        table.name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Table.metadata.sorted_tables
    }


def form(house: House, how: str) -> ConsentGiven | None:
    with house.store.read() as db:
        willing = agreed(db)
    return {
        "nothing": None,
        "box not ticked": replace(willing, ticked=False),
        "only a button": replace(willing, control=Control.BUTTON),
        "no token": replace(willing, token=""),
        "forged token": replace(willing, token=willing.token[:-8] + "AAAAAAA="),
        "under age": replace(willing, of_age=False),
    }[how]


@pytest.mark.parametrize(
    "how",
    ["nothing", "box not ticked", "only a button", "no token", "forged token", "under age"],
)
def test_without_the_act_no_row_exists_anywhere(house: House, how: str) -> None:
    with house.store.begin() as db:
        ticket = ticket_for(db)
    with house.store.read() as reading:
        before = rows(reading)
    with pytest.raises(Refusal), house.store.begin() as db:
        entry.enter(db, ticket, CLIENT, form(house, how))
    with house.store.read() as reading:
        assert rows(reading) == before


def test_the_refusal_comes_before_the_first_write(db: Session) -> None:
    ticket = ticket_for(db)
    before = rows(db)
    with pytest.raises(ConsentNeeded):
        entry.enter(db, ticket, CLIENT)
    assert rows(db) == before


def test_an_expired_notice_registers_nobody(house: House) -> None:
    with house.store.begin() as db:
        old = agreed(db)
        house.clock.forward(minutes=30)
        with pytest.raises(ConsentMissing):
            entry.enter(db, ticket_for(db), CLIENT, old)


def test_every_yes_names_words_control_language_channel_and_one_purpose(db: Session) -> None:
    subject = sign_up(db).subject
    yeses = [e for e in consents.history(db, subject) if e.state is ConsentState.GIVEN]
    assert {yes.purpose for yes in yeses} == {Purpose.P1, Purpose.P3, Purpose.P4}
    for yes in yeses:
        assert (yes.control, yes.lang, yes.channel) == (Control.UNTICKED_BOX.value, "zh", "web")
        assert consents.rendition(db, yes.notice) is not None
        assert yes.leaf


def test_the_registration_notice_shows_every_stressed_clause_before_anything_else(
    db: Session,
) -> None:
    html = consents.show(db, offers.registration("zh")).html
    assert policy.short_layer("zh") in html
    assert html.index(policy.short_layer("zh")) < html.index('href="/legal/privacy"')
    assert html.index('href="/legal/privacy"') < html.index("<dl>")


def test_a_yes_to_registering_is_no_yes_to_certification(db: Session) -> None:
    assert offers.certification("zh", ()).separate
    subject = sign_up(db).subject
    assert consents.state(db, subject, Purpose.P2) is ConsentState.NONE
