"""9.1: how to reach the operator, the officer and the court stands where nobody has to log in."""

from dataclasses import replace

import pytest

from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy import source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.types import Text
from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("9.1")
CONTACTS = ("privacy_email", "support_email", "phone", "operator_address", "court_place")


def test_the_contacts_stand_in_the_policy_and_on_the_page(house: House) -> None:
    stranger = Visitor(house)
    for path in ("/legal/privacy", "/contact"):
        page = stranger.page(path)
        for name in CONTACTS:
            assert policy.active().operator[name].zh in page, (path, name)


def test_a_policy_without_a_contact_is_refused() -> None:
    whole = source.load()
    clause = whole.clauses[Clause.C9_1]
    unsaid = replace(clause, html=Text(*(2 * ["<p>{{privacy_email}}</p>"])))
    broken = replace(whole, clauses={**whole.clauses, Clause.C9_1: unsaid})
    assert "unknown variable {{privacy_email}}" in {fault.what for fault in policy.check(broken)}
