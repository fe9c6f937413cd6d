"""1: what the policy covers is our own pages; whoever else receives is named before one leaves."""

import re
from urllib.parse import urlsplit

import pytest

from shouyue.ground.store.session import Session
from shouyue.platform.apps import service as apps
from shouyue.platform.apps.types import NewApp
from shouyue.platform.onboarding import service as onboarding
from shouyue.platform.onboarding.errors import NotCertified
from shouyue.privacy.policy.types import RecipientKind
from shouyue.privacy.sharing import service as sharing
from shouyue.privacy.vault import service as vault
from tests import merchants, shops
from tests.certification import COMPANY
from tests.flows.test_authorize_pages import app_of_company, page_of
from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("1")
PUBLIC = ("/", "/login", "/contact", "/security", "/legal/privacy", "/legal/share-list")
OWN = ("/account", "/privacy", "/privacy/data", "/privacy/consents", "/privacy/sharing")


def away(html: str) -> set[str]:
    """The hosts to which the links and forms of a page lead, other than this one."""
    found = re.findall(r'(?:href|action|src)="(?:https?:)?//([^/"]+)', html)
    return set(found) - {urlsplit("https://open.example.com").netloc}


def test_no_link_leads_away_without_saying_who_is_there(house: House) -> None:
    visitor = Visitor(house)
    for path in PUBLIC:
        assert away(visitor.page(path)) == set(), path
    visitor.sign_up()
    for path in OWN:
        assert away(visitor.page(path)) == set(), path


def test_the_page_that_leads_to_an_app_names_who_is_responsible_there(house: House) -> None:
    app = app_of_company(house)
    page = page_of(shops.merchant(house), app).text
    assert COMPANY in page
    assert "晨星打单" in page
    assert urlsplit(merchants.CALLBACK).netloc in page


def test_only_a_certified_company_is_let_in(db: Session) -> None:
    stranger = vault.new_subject(db)
    with pytest.raises(NotCertified):
        apps.register(db, stranger, NewApp("晨星打单"), certified=onboarding.certified_enterprise)
    assert sharing.recipients(db) == []


def test_whoever_is_let_in_is_a_registered_recipient_under_an_agreement(db: Session) -> None:
    owner, app = merchants.make_app(db)
    [known] = sharing.recipients(db)
    assert (known.id, known.kind) == (app.app_id, RecipientKind.DEVELOPER)
    assert known.contract
    assert known.enterprise == merchants.certified(db, owner)
