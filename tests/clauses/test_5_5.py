"""5.5: each item has a published time, and what has a clock today goes by that clock."""

from dataclasses import replace
from html import unescape

import pytest

from shouyue.ground.kit.types import SubjectId
from shouyue.platform.onboarding import queries
from shouyue.platform.papers.types import Role
from shouyue.platform.reviews import rules as times
from shouyue.platform.reviews import service as reviews
from shouyue.privacy.policy import faults, source
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.errors import NotHeld
from shouyue.privacy.vault.types import Reader
from tests import certification as sample
from tests.editions import edition
from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("5.5")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_time_of_each_item_is_published(house: House, lang: str) -> None:
    page = unescape(Visitor(house).page(f"/legal/retention?lang={lang}"))
    for item in policy.active().items.values():
        if item.collected:
            assert item.name.say(lang) in page
            assert item.id in page


def test_an_item_that_is_kept_from_no_event_on_is_a_fault() -> None:
    own = source.load()
    item = own.items[Item.DI_16]
    endless = {**own.items, item.id: replace(item, keep=replace(item.keep, anchors=()))}
    broken = edition("1.1.0", own.version.published_at, 16, items=endless)
    assert ("DI-16", "its retention runs from no event") in {
        (fault.where, fault.what) for fault in faults.find(broken)
    }


def test_the_photos_of_the_card_are_kept_as_long_as_published_and_then_open_to_nobody(
    house: House,
) -> None:
    assert policy.item(Item.DI_16).keep.days == times.PHOTO_LIFE.days
    with house.store.begin() as db:
        case = sample.certify(db, sample.applicant(db))
        legal = SubjectId(queries.parties(db, case)[Role.LEGAL].subject)
        papers = [paper.id for paper in vault.documents(db, legal)]
        assert len(papers) == 2
        reviews.destroy_photos(db, case)
        reader = Reader("li", "reviewer", Purpose.P2, Basis.LEGAL_DUTY, case="case-9")
        for paper in papers:
            with pytest.raises(NotHeld):
                vault.view_document(db, paper, reader)
