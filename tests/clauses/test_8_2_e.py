"""8.2.e: other people and ways to reach are a major change."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import source
from shouyue.privacy.policy.types import Change, Text
from tests.editions import edition

pytestmark = pytest.mark.clause("8.2.e")


@pytest.mark.parametrize("name", ["officer", "privacy_email", "support_email", "phone"])
def test_another_contact_is_a_major_change(db: Session, name: str) -> None:
    own = source.load()
    editions.adopt(db, own)
    other = {**own.operator, name: Text("另一个", "another")}
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, operator=other))
    assert no.value.facts["clauses"] == "8.2.e"
    told = editions.announce(db, edition("1.1.0", db.clock(), 60, operator=other))
    assert told.major == ("8.2.e",)
