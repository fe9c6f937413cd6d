"""Coming in, by phone and by platform account."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, platform, sessions, standing
from shouyue.people.accounts.errors import (
    AccountBarred,
    AlreadyLinked,
    ConsentNeeded,
    NoAccount,
    NoSuchMove,
    PlatformRefused,
    ProofNeeded,
    TicketInvalid,
)
from shouyue.people.accounts.types import AccountState, PlatformIdentity
from shouyue.people.notices import service as notices
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.people import CLIENT, OTHER_PHONE, PHONE, agreed, sign_up, ticket_for

IDENTITY = PlatformIdentity("open-1", "+8613700137000", "https://img.example/a.png", "小店")
SITE = platform.Site("https://open.example/oauth2/authorize", "app-9")


def held(db: Session, subject: Any) -> set[Item]:
    return {holding.item for holding in vault.holdings(db, subject)}


def join(db: Session, identity: PlatformIdentity = IDENTITY, *wishes: Purpose) -> Any:
    ticket = platform.prove_platform(db, identity)
    return entry.enter(db, ticket, CLIENT, agreed(db, platform=True, chosen=wishes))


def test_a_new_person_is_registered_and_in(db: Session) -> None:
    entered = sign_up(db)
    assert entered.fresh
    account = standing.account(db, entered.subject)
    assert account.state is AccountState.REGISTERED
    assert len(account.public_id) == 16
    assert standing.by_public_id(db, account.public_id) == account
    assert held(db, entered.subject) == {Item.DI_01}
    assert ledger.about(db, entered.subject, "account.registered")
    assert notices.unread(db, entered.subject) == 1
    assert sessions.visit(db, entered.session_token)


def test_a_known_person_comes_in_without_being_asked_again(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db)
        house.clock.forward(minutes=2)
        ticket = ticket_for(db)
        assert not entry.needs_consent(db, ticket)
        again = entry.enter(db, ticket, CLIENT)
    assert (again.subject, again.fresh) == (first.subject, False)


def test_a_ticket_opens_once(db: Session) -> None:
    ticket = ticket_for(db)
    entry.enter(db, ticket, CLIENT, agreed(db))
    with pytest.raises(TicketInvalid):
        entry.enter(db, ticket, CLIENT)


def test_a_ticket_survives_the_question_for_consent(db: Session) -> None:
    ticket = ticket_for(db)
    with pytest.raises(ConsentNeeded):
        entry.enter(db, ticket, CLIENT)
    assert entry.enter(db, ticket, CLIENT, agreed(db)).fresh


def test_a_ticket_lasts_ten_minutes(house: House) -> None:
    with house.store.begin() as db:
        ticket = ticket_for(db)
        house.clock.forward(minutes=10)
        with pytest.raises(TicketInvalid):
            entry.enter(db, ticket, CLIENT, agreed(db))


@pytest.mark.parametrize("ticket", ["", "forged", "中文", "AAAA"])
def test_a_forged_ticket_opens_nothing(db: Session, ticket: str) -> None:
    with pytest.raises(TicketInvalid):
        entry.enter(db, ticket, CLIENT, agreed(db))


def test_a_yes_to_something_else_registers_nobody(db: Session) -> None:
    other = consents.show(db, offers.purpose("zh", Purpose.P5)).token
    with pytest.raises(ConsentNeeded):
        entry.enter(db, ticket_for(db), CLIENT, replace(agreed(db), token=other))


def test_a_lapsed_registration_is_asked_anew(house: House) -> None:
    with house.store.begin() as db:
        first = sign_up(db)
        consents.void(db, first.subject, Purpose.P1)
        house.clock.forward(minutes=2)
        ticket = ticket_for(db)
        with pytest.raises(ConsentNeeded):
            entry.enter(db, ticket, CLIENT)
        again = entry.enter(db, ticket, CLIENT, agreed(db))
        assert again.subject == first.subject
        assert consents.state(db, first.subject, Purpose.P1) is ConsentState.GIVEN


def test_an_optional_purpose_is_on_only_if_ticked(house: House) -> None:
    with house.store.begin() as db:
        with_survey = sign_up(db, PHONE, [Purpose.P5]).subject
        without = sign_up(db, OTHER_PHONE).subject
        assert consents.state(db, with_survey, Purpose.P5) is ConsentState.GIVEN
        assert consents.state(db, without, Purpose.P5) is ConsentState.ASKED


def test_a_platform_account_brings_no_profile_unless_ticked(db: Session) -> None:
    assert held(db, join(db).subject) == {Item.DI_01, Item.DI_03}


def test_a_platform_account_brings_the_profile_if_ticked(db: Session) -> None:
    entered = join(db, IDENTITY, Purpose.P1b)
    assert held(db, entered.subject) == {Item.DI_01, Item.DI_03, Item.DI_04, Item.DI_05}


def test_platform_and_phone_lead_to_one_person_by_proof(db: Session) -> None:
    joined = join(db)
    by_code = entry.enter(db, ticket_for(db, "13700137000"), CLIENT)
    by_platform = entry.enter(db, platform.prove_platform(db, IDENTITY), CLIENT)
    assert joined.subject == by_code.subject == by_platform.subject


def test_a_shared_phone_does_not_merge_two_accounts(db: Session) -> None:
    sign_up(db, "13700137000")
    with pytest.raises(ProofNeeded):
        join(db)


def test_a_signed_in_person_links_and_unlinks_the_platform_account(db: Session) -> None:
    subject = sign_up(db, "13700137000").subject
    platform.link(db, subject, platform.prove_platform(db, IDENTITY))
    by_platform = entry.enter(db, platform.prove_platform(db, IDENTITY), CLIENT)
    assert by_platform.subject == subject
    platform.unlink(db, subject)
    assert held(db, subject) == {Item.DI_01}


def test_a_platform_account_belongs_to_one_person(db: Session) -> None:
    join(db)
    other = sign_up(db, OTHER_PHONE).subject
    with pytest.raises(AlreadyLinked):
        platform.link(db, other, platform.prove_platform(db, IDENTITY))


def test_a_person_has_one_platform_account(db: Session) -> None:
    subject = join(db).subject
    second = replace(IDENTITY, id="open-2")
    with pytest.raises(AlreadyLinked):
        platform.link(db, subject, platform.prove_platform(db, second))


def test_a_phone_ticket_links_nothing(db: Session) -> None:
    subject = sign_up(db).subject
    with pytest.raises(PlatformRefused):
        platform.link(db, subject, ticket_for(db, OTHER_PHONE))


def test_the_state_comes_back_to_the_browser_that_left(house: House) -> None:
    with house.store.begin() as db:
        begun = platform.begin(db, SITE, "https://here.example/back")
        state = begun.url.split("state=")[1]
        platform.check_state(db, begun.sealed, state)
        for sealed, given in ((begun.sealed, "x"), ("forged", state), ("中", state)):
            with pytest.raises(TicketInvalid):
                platform.check_state(db, sealed, given)
        house.clock.forward(minutes=10)
        with pytest.raises(TicketInvalid):
            platform.check_state(db, begun.sealed, state)


def bodies(**changes: Any) -> tuple[bytes, bytes, bytes]:
    token = {"result": 1, "open_id": "open-1", **changes.get("token", {})}
    user = {"result": 1, "user_info": {"name": "小店", "head": "u", **changes.get("user", {})}}
    phone = {"result": 1, "phone": "13700137000", **changes.get("phone", {})}
    return json.dumps(token).encode(), json.dumps(user).encode(), json.dumps(phone).encode()


@pytest.mark.parametrize(
    "answers",
    [
        bodies(token={"result": 100200100}),
        bodies(token={"open_id": ""}),
        bodies(token={"open_id": 7}),
        bodies(phone={"phone": "4155552671"}),
        bodies(user={"name": ["x"]}),
        (b"not json", *bodies()[1:]),
        (b"[]", *bodies()[1:]),
        (bodies()[0], b'{"result":1}', bodies()[2]),
        (b" " * 70_000, *bodies()[1:]),
    ],
)
def test_an_odd_answer_of_the_platform_is_refused(answers: tuple[bytes, bytes, bytes]) -> None:
    with pytest.raises(PlatformRefused):
        platform.read_identity(*answers)


def test_a_frozen_account_stays_out_and_is_signed_out(house: House) -> None:
    with house.store.begin() as db:
        entered = sign_up(db)
        standing.move(db, entered.subject, AccountState.FROZEN_ID_THEFT, "misuse-proven")
        assert sessions.visit(db, entered.session_token) is None
        house.clock.forward(minutes=2)
        with pytest.raises(AccountBarred):
            entry.enter(db, ticket_for(db), CLIENT)


def test_an_account_moves_along_the_published_states_only(db: Session) -> None:
    subject = sign_up(db).subject
    with pytest.raises(NoSuchMove):
        standing.move(db, subject, AccountState.ERASED, "mistake")
    standing.move(db, subject, AccountState.CERTIFYING, "onboarding")
    standing.move(db, subject, AccountState.ACTIVE, "approved")
    assert standing.account(db, subject).state is AccountState.ACTIVE


def test_nobody_has_no_account(db: Session) -> None:
    with pytest.raises(NoAccount):
        standing.account(db, vault.new_subject(db))
    with pytest.raises(NoAccount):
        standing.by_public_id(db, "AAAA")
