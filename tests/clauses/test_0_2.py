"""0.2: what matters most is stressed and comes first; all of it can be read, linked to and kept."""

import json
import re

import pytest

from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.policy import faults, source
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.types import Emphasis
from tests.editions import edition, said
from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("0.2")
LISTS = ("collect-list", "share-list", "cookies", "retention")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_stressed_clause_stands_before_the_box_that_agrees(house: House, lang: str) -> None:
    stressed = [one for one in policy.active().clauses.values() if one.emphasised]
    with house.store.read() as db:
        html = consents.show(db, offers.registration(lang)).html
    first = html.split("<dl>", 1)[0]
    assert len(stressed) > 10
    for clause in stressed:
        assert f'id="{policy.anchor(clause.id)}"' in first, clause.id


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_stressed_is_bold_and_underlined_on_the_page(lang: str) -> None:
    page = policy.render(lang)
    for clause in policy.active().clauses.values():
        body = page.split(f'id="{policy.anchor(clause.id)}"', 1)[1].split("</section>", 1)[0]
        assert bool(re.search(r"<(strong|u)\b", body)) == clause.emphasised, clause.id


def test_a_clause_that_is_called_stressed_and_is_not_is_refused() -> None:
    own = source.load()
    flat = said(Clause.C5_3, "平", "flat", emphasis=Emphasis.PART)
    broken = edition("1.1.0", own.version.published_at, 16, clauses=flat)
    found = {(fault.where, fault.what) for fault in faults.find(broken)}
    assert ("5.3", "emphasis is part, but nothing is bold in zh") in found


def test_the_policy_is_one_tap_from_every_page_and_can_be_kept(house: House) -> None:
    stranger = Visitor(house)
    for path in ("/", "/login", "/contact"):
        assert 'href="/legal/privacy' in stranger.page(path)
    page = stranger.page("/legal/privacy")
    assert 'lang="zh-CN"' in page
    file = stranger.web.get("/legal/privacy.html", params={"lang": "zh"})
    assert file.headers["content-disposition"].startswith("attachment")
    assert policy.render("zh") in file.text


def test_the_page_and_the_file_for_machines_have_the_same_digest(house: House) -> None:
    stranger = Visitor(house)
    told = json.loads(stranger.page("/legal/privacy.json?lang=zh"))
    assert told["sha256"] == policy.digest("zh")
    assert told["sha256"] in stranger.page("/legal/privacy?lang=zh")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_list_has_a_page_of_its_own(house: House, path: str, lang: str) -> None:
    page = Visitor(house).page(f"/legal/{path}?lang={lang}")
    assert policy.active().version.number in page
    assert "<table" in page
