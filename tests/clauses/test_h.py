"""H: each edition says its times, is public for its days of notice, and stays readable."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shouyue.ground.store.session import Session
from shouyue.privacy.editions import errors
from shouyue.privacy.editions import service as editions
from shouyue.privacy.policy import pages, source
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.types import Change, Policy
from tests.editions import edition, said
from tests.house import MONDAY, House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("H")
MIDNIGHT = MONDAY.replace(hour=16) - timedelta(days=1)
"""0:00 in Beijing on the day of the house's clock."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_number_publication_and_effect_in_beijing_days(
    house: House, lang: str
) -> None:
    page = Visitor(house).page(f"/legal/privacy?lang={lang}")
    head = re.sub(r"<[^>]+>", " ", page.split("sy-stamp", 1)[1].split("</div>", 1)[0])
    assert "1.0.0" in head
    assert "2026-11-01" in head
    assert "2026-11-17" in head


@pytest.mark.parametrize(
    ("change", "days"), [(Change.MINOR, 7), (Change.EDITORIAL, 7), (Change.MAJOR, 15)]
)
def test_notice_is_counted_in_full_days_from_the_houses_own_clock(
    db: Session, change: Change, days: int
) -> None:
    editions.adopt(db, source.load())
    long_ago = MONDAY - timedelta(days=90)  # the typed date of publication is no evidence
    words = said(Clause.C5_3, "没有绝对的安全。", "No security is absolute.")
    early = edition("1.1.0", long_ago, 0, change, clauses=words)
    full = MIDNIGHT + timedelta(days=days + 1)
    soon = _from(early, full - timedelta(seconds=1))
    with pytest.raises(errors.TooSoon) as no:
        editions.announce(db, soon)
    assert no.value.facts["days"] == str(days - 1)
    assert editions.announce(db, _from(early, full)).effective_at == full


def test_no_edition_is_in_force_for_the_time_before(house: House) -> None:
    with house.store.begin() as db:
        editions.adopt(db, source.load())
        coming = edition("1.1.0", db.clock(), 16)
        told = editions.announce(db, coming)
        house.clock.at = told.effective_at - timedelta(microseconds=1)
        before = editions.in_force(db, db.clock())
        house.clock.at = told.effective_at
        assert (before and before.number) == "1.0.0"
        assert editions.in_force(db, db.clock()) == told


def test_an_announced_text_does_not_change(db: Session) -> None:
    editions.adopt(db, source.load())
    editions.announce(db, edition("1.1.0", db.clock(), 16))
    other = edition("1.1.0", db.clock(), 16, clauses=said(Clause.C5_3, "另有说法", "Other words"))
    with pytest.raises(errors.EditionChanged):
        editions.announce(db, other)


def test_the_coming_edition_and_the_old_ones_can_be_read_by_anybody(house: House) -> None:
    old = source.load()
    with house.store.begin() as db:
        editions.adopt(db, old)
        words = said(Clause.C5_3, "没有绝对的安全。", "No security is absolute.")
        coming = edition("1.1.0", db.clock(), 16, clauses=words)
        editions.announce(db, coming)
        later = edition("1.2.0", db.clock(), 40)
        editions.announce(db, later)
    stranger = Visitor(house)
    page = stranger.page("/legal/privacy?lang=zh")
    assert "新版本 1.1.0 已公布" in page
    assert "5.3" in page
    announced = stranger.page("/legal/privacy/v/1.1.0?lang=zh")
    assert "尚未生效" in announced
    assert pages.digest(coming, "zh") in announced
    house.clock.forward(days=41)
    replaced = stranger.page("/legal/privacy/v/1.1.0?lang=en")
    assert "was replaced" in replaced
    assert pages.article(coming, "en", coming.clauses.values()) in replaced
    assert stranger.web.get("/legal/privacy/v/0.0.1").status_code == 404


def _from(policy: Policy, at: datetime) -> Policy:
    return replace(policy, version=replace(policy.version, effective_at=at))
