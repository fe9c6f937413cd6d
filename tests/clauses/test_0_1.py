"""0.1: whoever reads the policy or a notice knows who answers for the data."""

from dataclasses import replace

import pytest

from shouyue.ground.store.session import ReadSession
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy import source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.types import Text

pytestmark = pytest.mark.clause("0.1")
LANGS = ("zh", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_the_policy_names_operator_and_address(lang: str) -> None:
    operator, html = policy.active().operator, policy.clause(Clause.C0_1).html.say(lang)
    for name in ("operator", "operator_address", "platform_name"):
        assert operator[name].say(lang) in html


def test_every_notice_begins_with_who_asks(db: ReadSession) -> None:
    who = policy.active().operator["operator"].zh
    for offer in (
        offers.registration("zh"),
        offers.certification("zh", ()),
        offers.subject("zh", "legal"),
        offers.subject("zh", "admin"),
    ):
        assert who in consents.show(db, offer).html


def test_a_policy_that_does_not_say_who_runs_it_is_refused() -> None:
    whole = source.load()
    clause = whole.clauses[Clause.C0_1]
    unsaid = replace(clause, html=Text(*(2 * ["<p>{{operator}}</p>"])))
    broken = replace(whole, clauses={**whole.clauses, Clause.C0_1: unsaid})
    assert "unknown variable {{operator}}" in {fault.what for fault in policy.check(broken)}
