"""8.2.a: other purposes, kinds or methods make a major change, whatever it is called."""

from dataclasses import replace

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import source
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Change, RecipientKind, Text
from tests.editions import edition

pytestmark = pytest.mark.clause("8.2.a")


def test_an_item_for_one_more_purpose_is_a_major_change(db: Session) -> None:
    own = source.load()
    editions.adopt(db, own)
    item = own.items[Item.DI_05]
    more = {**own.items, item.id: replace(item, purposes=(*item.purposes, Purpose.P5))}
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, items=more))
    assert no.value.facts["clauses"] == "8.2.a"


def test_another_way_of_passing_on_is_a_major_change(db: Session) -> None:
    own = source.load()
    editions.adopt(db, own)
    known = own.recipients[RecipientKind.PARTNER]
    by_file = {**own.recipients, known.id: replace(known, method=Text("以文件提供", "As a file"))}
    with pytest.raises(errors.UnderClassed):
        editions.announce(
            db, edition("1.1.0", db.clock(), 60, Change.EDITORIAL, recipients=by_file)
        )
    told = editions.announce(db, edition("1.1.0", db.clock(), 60, recipients=by_file))
    assert told.major == ("8.2.a",)
