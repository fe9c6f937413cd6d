"""2.6.1.d: news and public scrutiny are no ground for any function, ever."""

from dataclasses import replace

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import GroundShut
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader

pytestmark = pytest.mark.clause("2.6.1.d")


def named(refusal: GroundShut) -> bool:
    """Whether the refusal says which ground is shut, and which clause speaks of it."""
    said = refusal.say("en"), refusal.say("zh")
    return all("MEDIA" in words and "2.6.1.d" in words for words in said)


def test_nothing_is_collected_for_the_news(db: Session) -> None:
    for rule in policy.active().items.values():
        for purpose in rule.purposes:
            new = Keep(vault.new_subject(db), rule.id, "x", purpose, Basis.MEDIA, "portal")
            with pytest.raises(GroundShut) as refusal:
                vault.keep(db, new)
            assert named(refusal.value)


def test_nothing_is_opened_for_the_news(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, Keep(subject, Item.DI_14, "x", Purpose.P2, Basis.LEGAL_DUTY, "portal"))
    for role in (SYSTEM, "reviewer"):
        reader = Reader("somebody", role, Purpose.P2, Basis.MEDIA, case="case-1")
        with pytest.raises(GroundShut) as refusal:
            vault.reveal(db, subject, [Item.DI_14], reader)
        assert named(refusal.value)


def test_the_ground_is_shut_whatever_a_policy_declares(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = policy.item(Item.DI_11)
    bases = dict.fromkeys(rule.bases, (Basis.MEDIA,))
    monkeypatch.setattr(policy, "item", lambda _item: replace(rule, bases=bases))
    new = Keep(vault.new_subject(db), Item.DI_11, "x", Purpose.P2, Basis.MEDIA, "portal")
    with pytest.raises(GroundShut) as refusal:
        vault.keep(db, new)
    assert named(refusal.value)
