"""2.6.1.b: a legal duty names its article, and carries what that article says and nothing more."""

from dataclasses import replace
from datetime import date

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import duties
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.grounds.errors import NoGround, StatuteMissing
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import Keep
from tests.house import MONDAY

pytestmark = pytest.mark.clause("2.6.1.b")
TODAY = MONDAY.date()


def name(db: Session) -> Keep:
    subject = vault.new_subject(db)
    return Keep(subject, Item.DI_13, "陈知行", Purpose.P2, Basis.LEGAL_DUTY, "portal")


@pytest.fixture
def repealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if article 27 had ended the day before today."""
    gone = date.fromordinal(TODAY.toordinal() - 1)
    known = {key: replace(one, until=gone) for key, one in statutes.duties().items()}
    monkeypatch.setattr(statutes, "duties", lambda: known)


def test_what_a_duty_carries_is_kept_with_its_article_on_record(db: Session) -> None:
    new = name(db)
    vault.keep(db, new)
    (entry,) = ledger.about(db, new.subject, "vault.kept")
    assert (entry.facts["basis"], entry.facts["under"]) == ("LEGAL_DUTY", "ecl-27")
    (ground,) = grounds.history(db, new.subject)
    assert (ground.item, ground.purpose, ground.under) == (Item.DI_13, Purpose.P2, "ecl-27")


def test_every_article_says_its_duty_in_both_languages() -> None:
    for one in statutes.duties().values():
        assert "条" in one.name.zh
        assert "article" in one.name.en
        assert one.bids.zh
        assert one.bids.en
        assert one.items
        assert one.purposes


@pytest.mark.usefixtures("repealed")
def test_an_article_that_is_no_longer_in_force_carries_nothing(db: Session) -> None:
    with pytest.raises(NoGround) as refusal:
        vault.keep(db, name(db))
    assert refusal.value.facts["cause"] == "no-statute"


@pytest.mark.usefixtures("repealed")
def test_the_house_does_not_open_on_a_duty_without_an_article() -> None:
    with pytest.raises(StatuteMissing) as refusal:
        duties.check(TODAY)
    assert "DI-13/P2" in str(refusal.value.facts["missing"])


def test_each_duty_that_the_policy_claims_has_its_article_today() -> None:
    claimed = [
        (rule.id, purpose)
        for rule in policy.active().items.values()
        for purpose in rule.purposes
        if any(Basis.LEGAL_DUTY in bases for bases in rule.bases.values())
        and Basis.LEGAL_DUTY in policy.purpose(purpose).bases
    ]
    assert (Item.DI_13, Purpose.P2) in claimed
    assert [one for one in claimed if statutes.carrying(*one, TODAY) is None] == []
    duties.check(TODAY)


@pytest.mark.parametrize(
    ("item", "purpose"),
    [(Item.DI_01, Purpose.P1), (Item.DI_03, Purpose.P1), (Item.DI_04, Purpose.P1b)],
)
def test_a_duty_that_the_policy_does_not_state_is_no_ground(
    db: Session, item: Item, purpose: Purpose
) -> None:
    new = Keep(vault.new_subject(db), item, "x", purpose, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "basis-undeclared"


def test_a_duty_stated_for_one_purpose_carries_no_other(db: Session) -> None:
    # The policy lets a duty carry the nickname in a penalty notice, not on the profile.
    new = Keep(vault.new_subject(db), Item.DI_05, "x", Purpose.P1b, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NoGround) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "no-statute"


def test_a_duty_reaches_no_further_than_its_purpose(db: Session) -> None:
    new = Keep(vault.new_subject(db), Item.DI_13, "x", Purpose.P3, Basis.LEGAL_DUTY, "portal")
    with pytest.raises(NotAllowed) as refusal:
        vault.keep(db, new)
    assert refusal.value.facts["cause"] == "purpose-undeclared"
