"""8.2.d: other rights are a major change; fewer are refused."""

from dataclasses import replace

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.types import Change, ClauseText, Policy
from tests.editions import edition

pytestmark = pytest.mark.clause("8.2.d")


def rights(own: Policy, *given: str) -> dict[str, ClauseText]:
    clause = own.clauses[Clause.C6_4]
    return {**own.clauses, clause.id: replace(clause, rights=given)}


def test_another_right_is_a_major_change(db: Session) -> None:
    own = source.load()
    editions.adopt(db, own)
    more = rights(own, *own.clauses[Clause.C6_4].rights, "PORT")
    with pytest.raises(errors.UnderClassed) as no:
        editions.announce(db, edition("1.1.0", db.clock(), 60, Change.MINOR, clauses=more))
    assert no.value.facts["clauses"] == "8.2.d"
    assert editions.announce(db, edition("1.1.0", db.clock(), 60, clauses=more)).major == ("8.2.d",)


def test_no_notice_is_long_enough_to_take_a_right_away(db: Session) -> None:
    own = source.load()
    editions.adopt(db, own)
    assert own.clauses[Clause.C6_4].rights
    with pytest.raises(errors.ReducesRights):
        editions.announce(db, edition("1.1.0", db.clock(), 365, clauses=rights(own)))
