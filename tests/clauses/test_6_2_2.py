"""6.2.2: who deletes an item has withdrawn every yes for it, and needs to do nothing more."""

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.people.accounts import entry, platform
from shouyue.people.accounts.types import PlatformIdentity
from shouyue.privacy.consent import deletions, offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.errors import NotByConsent
from shouyue.privacy.consent.types import ConsentState, Control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from tests.house import House
from tests.people import CLIENT, agreed, sign_up
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("6.2.2")
WHO = PlatformIdentity("open-1", "+8613700137000", "a.png", "小店")
NICKNAME, AVATAR, PHONE = Item.DI_05, Item.DI_04, Item.DI_01


def with_profile(db: Session) -> SubjectId:
    consent = agreed(db, platform=True, chosen=[Purpose.P1b])
    return entry.enter(db, platform.prove_platform(db, WHO), CLIENT, consent).subject


def held(db: Session, subject: SubjectId) -> set[Item]:
    return {one.item for one in vault.holdings(db, subject)}


def test_deleting_an_item_withdraws_its_consent_and_erases_it(db: Session) -> None:
    subject = with_profile(db)
    done = deletions.delete_item(db, subject, NICKNAME)
    assert (len(done.withdrawn), done.erased) == (1, 1)
    assert consents.state(db, subject, Purpose.P1b) is ConsentState.WITHDRAWN
    assert NICKNAME not in held(db, subject)


def test_every_yes_for_the_item_ends_whoever_receives_it(db: Session) -> None:
    subject = with_profile(db)
    for app in ("app-1", "app-2"):
        offer = offers.grant("zh", (app, "打单"), (), (NICKNAME,), 30)
        consents.give(db, subject, consents.show(db, offer).token, control=Control.BUTTON)
    other = offers.grant("zh", ("app-3", "打单"), (), (AVATAR,), 30)
    consents.give(db, subject, consents.show(db, other).token, control=Control.BUTTON)
    assert len(deletions.delete_item(db, subject, NICKNAME).withdrawn) == 3
    now = [consents.state(db, subject, Purpose.P6, f"app-{number}") for number in (1, 2, 3)]
    assert now == [ConsentState.WITHDRAWN, ConsentState.WITHDRAWN, ConsentState.GIVEN]


def test_where_the_law_keeps_the_item_the_consent_is_withdrawn_all_the_same(db: Session) -> None:
    subject = sign_up(db).subject
    keep = Keep(subject, NICKNAME, "小店", Purpose.P8, Basis.LEGAL_DUTY, "portal.sign-up")
    vault.keep(db, keep)
    offer = offers.grant("zh", ("app-1", "打单"), (), (NICKNAME,), 30)
    consents.give(db, subject, consents.show(db, offer).token, control=Control.BUTTON)
    done = deletions.delete_item(db, subject, NICKNAME)
    assert (len(done.withdrawn), done.erased) == (1, 0)
    assert consents.state(db, subject, Purpose.P6, "app-1") is ConsentState.WITHDRAWN
    assert NICKNAME in held(db, subject)


def test_what_carries_the_account_is_not_deleted_alone(db: Session) -> None:
    subject = sign_up(db).subject
    with pytest.raises(NotByConsent):
        deletions.delete_item(db, subject, PHONE)
    assert PHONE in held(db, subject)
    consents.require(db, subject, Purpose.P1)


def test_deleting_twice_changes_nothing(db: Session) -> None:
    subject = with_profile(db)
    deletions.delete_item(db, subject, NICKNAME)
    before = len(consents.history(db, subject))
    done = deletions.delete_item(db, subject, NICKNAME)
    assert (done.withdrawn, done.erased) == ((), 0)
    assert len(consents.history(db, subject)) == before


def come_by_platform(house: House) -> Visitor:
    visitor = Visitor(house)
    assert visitor.prove_platform() == "/consent"
    visitor.agree(profile="yes")
    return visitor


def test_one_button_deletes_after_what_ends_was_shown(house: House) -> None:
    visitor = come_by_platform(house)
    assert "/privacy/data/DI-05/delete" in visitor.page("/privacy/data")
    page = visitor.page("/privacy/data/DI-05/delete?lang=zh")
    assert "头像" in page
    assert "Deleting it withdraws" in visitor.page("/privacy/data/DI-05/delete?lang=en")
    assert visitor.press("/privacy/data/DI-05/delete") == "/privacy/data?done=deleted"
    assert "/privacy/data/DI-05/delete" not in visitor.page("/privacy/data")
    assert "已撤回" in visitor.page("/privacy/consents?lang=zh")


def test_the_phone_of_the_log_in_has_no_such_button(house: House) -> None:
    visitor = come_by_platform(house)
    assert "/privacy/data/DI-01/delete" not in visitor.page("/privacy/data")
    assert visitor.web.get("/privacy/data/DI-01/delete").status_code == 404
    assert visitor.web.get("/privacy/data/DI-99/delete").status_code == 404
    csrf = visitor.hidden("/account", "csrf")
    sent = visitor.web.post("/privacy/data/DI-01/delete", data={"csrf": csrf})
    assert sent.status_code in {404, 409}
