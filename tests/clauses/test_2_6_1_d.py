"""2.6.1.d: news and public scrutiny are no ground for any function, ever."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotAllowed
from shouyue.privacy.vault.types import SYSTEM, Keep, Reader

pytestmark = pytest.mark.clause("2.6.1.d")


def test_nothing_is_collected_for_the_news(db: Session) -> None:
    for rule in policy.active().items.values():
        for purpose in rule.purposes:
            new = Keep(vault.new_subject(db), rule.id, "x", purpose, Basis.MEDIA, "portal")
            with pytest.raises(NotAllowed) as refusal:
                vault.keep(db, new)
            assert refusal.value.facts["cause"] == "basis-undeclared"


def test_nothing_is_opened_for_the_news(db: Session) -> None:
    subject = vault.new_subject(db)
    vault.keep(db, Keep(subject, Item.DI_14, "x", Purpose.P2, Basis.LEGAL_DUTY, "portal"))
    for role in (SYSTEM, "reviewer"):
        reader = Reader("somebody", role, Purpose.P2, Basis.MEDIA, case="case-1")
        with pytest.raises(NotAllowed) as refusal:
            vault.reveal(db, subject, [Item.DI_14], reader)
        assert refusal.value.facts["cause"] == "basis-undeclared"
