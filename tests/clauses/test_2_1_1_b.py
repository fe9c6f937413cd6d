"""2.1.1.b: of a platform account come four things, two of them only if ticked."""

import json

import pytest

from shouyue.ground.jobs.types import Job
from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, jobs, platform
from shouyue.people.accounts.errors import ConsentNeeded, ProofNeeded
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault import service as vault
from tests.house import House
from tests.people import CLIENT, agreed, sign_up

pytestmark = pytest.mark.clause("2.1.1.b")

TOKEN = {"result": 1, "open_id": "open-1", "access_token": "secret-token", "scopes": "user_info"}
USER = {"name": "小店", "sex": "F", "fan": 10, "follow": 3, "head": "a.png", "city": "成都"}
PHONE = {"result": 1, "phone": "13700137000", "country": "86"}


def identity() -> PlatformIdentity:
    user = {"result": 1, "user_info": {**USER, "bigHead": "b.png"}}
    token, said, phone = (json.dumps(body).encode() for body in (TOKEN, user, PHONE))
    return platform.read_identity(token, said, phone)


def test_everything_but_the_four_fields_is_dropped() -> None:
    read = identity()
    fields = (read.id, read.phone, read.avatar, read.nickname)
    assert fields == ("open-1", "+8613700137000", "a.png", "小店")
    assert set(PlatformIdentity.__slots__) == {"id", "phone", "avatar", "nickname"}


def test_an_identity_does_not_show_itself() -> None:
    assert "137" not in repr(identity())
    assert "小店" not in repr(identity())


def test_nothing_is_imported_before_the_consent(house: House) -> None:
    with house.store.begin() as db:
        ticket = platform.prove_platform(db, identity())
        with pytest.raises(ConsentNeeded):
            entry.enter(db, ticket, CLIENT)
        assert vault.find(db, Item.DI_03, "open-1") is None


def test_avatar_and_nickname_come_only_if_ticked(db: Session) -> None:
    ticket = platform.prove_platform(db, identity())
    entered = entry.enter(db, ticket, CLIENT, agreed(db, platform=True))
    kept = {holding.item for holding in vault.holdings(db, entered.subject)}
    assert kept == {Item.DI_01, Item.DI_03}


def test_withdrawing_the_profile_erases_it_and_leaves_the_log_in(db: Session) -> None:
    consent = agreed(db, platform=True, chosen=[Purpose.P1b])
    subject = entry.enter(db, platform.prove_platform(db, identity()), CLIENT, consent).subject
    consents.withdraw(db, subject, Purpose.P1b)
    bell = Job(
        "1", "consent.withdrawn", subject, {"purpose": "P1b", "subject": subject}, 1, db.clock()
    )
    jobs.forget_profile(db, bell)
    assert {h.item for h in vault.holdings(db, subject)} == {Item.DI_01, Item.DI_03}
    again = entry.enter(db, platform.prove_platform(db, identity()), CLIENT)
    assert again.subject == subject


def test_the_notice_names_the_four_fields(db: Session) -> None:
    html = consents.show(db, offers.registration("zh", platform=True)).html
    for item in (Item.DI_01, Item.DI_03, Item.DI_04, Item.DI_05):
        assert policy.item(item).name.zh in html


def test_a_phone_alone_merges_nobody(db: Session) -> None:
    sign_up(db, "13700137000")
    with pytest.raises(ProofNeeded):
        entry.enter(db, platform.prove_platform(db, identity()), CLIENT, agreed(db, platform=True))
