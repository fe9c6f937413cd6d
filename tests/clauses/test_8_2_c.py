"""8.2.c: one more recipient, or more for one, is a major change."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import source
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Change, RecipientKind
from tests.editions import edition, received

pytestmark = pytest.mark.clause("8.2.c")


def test_more_for_a_kind_of_recipient_is_a_major_change(db: Session) -> None:
    editions.adopt(db, source.load())
    more = received(RecipientKind.AFFILIATE, Item.DI_05)
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, recipients=more))
    assert "8.2.c" in str(no.value.facts["clauses"])
    told = editions.announce(db, edition("1.1.0", db.clock(), 60, recipients=more))
    assert "8.2.c" in told.major


def test_less_for_a_kind_of_recipient_is_none_of_these(db: Session) -> None:
    own = source.load()
    editions.adopt(db, own)
    fewer = {
        kind: rule for kind, rule in own.recipients.items() if kind is not RecipientKind.PARTNER
    }
    assert (
        "8.2.c"
        not in editions.announce(db, edition("1.1.0", db.clock(), 60, recipients=fewer)).major
    )
