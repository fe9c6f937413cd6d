"""8.2.b: another operator is a major change."""

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import source
from shouyue.privacy.policy.types import Change, Text
from tests.editions import edition

pytestmark = pytest.mark.clause("8.2.b")


@pytest.mark.parametrize("name", ["operator", "credit_code"])
def test_another_operator_is_a_major_change(db: Session, name: str) -> None:
    own = source.load()
    editions.adopt(db, own)
    other = {**own.operator, name: Text("另一家公司", "Another company")}
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, operator=other))
    assert no.value.facts["clauses"] == "8.2.b"
    assert editions.announce(db, edition("1.1.0", db.clock(), 60, operator=other)).major == (
        "8.2.b",
    )
