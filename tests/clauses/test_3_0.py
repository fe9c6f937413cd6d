"""3.0: cookies are those on the list, ours alone, and nothing else remembers a browser."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from shouyue.doors.web import cookies
from shouyue.doors.web.errors import CookieUnregistered
from shouyue.privacy.policy import faults, source
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.purposes import Purpose
from tests.editions import edition
from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("3.0")
STATIC = Path(cookies.__file__).parent / "static"
MEMORIES = ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "sendBeacon")


@pytest.mark.parametrize("line", ["_ga=1; Path=/", "sy_session_2=x", "__Host-tracker=1"])
def test_a_name_that_is_not_on_the_list_is_refused(line: str) -> None:
    with pytest.raises(CookieUnregistered):
        cookies.check(line)
    with pytest.raises(KeyError):
        policy.cookie(line.split("=", maxsplit=1)[0])


def test_a_whole_visit_sets_listed_cookies_for_this_host_alone(house: House) -> None:
    visitor = Visitor(house).sign_up()
    for path in ("/", "/legal/cookies?lang=en", "/privacy", "/account"):
        visitor.web.get(path)
    listed = policy.active().cookies
    set_here = list(visitor.web.cookies.jar)
    assert set_here
    for cookie in set_here:
        assert cookie.name.removeprefix("__Host-") in listed
        assert not cookie.domain_specified


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_page_names_each_with_purpose_and_time(house: House, lang: str) -> None:
    page = unescape(Visitor(house).page(f"/legal/cookies?lang={lang}"))
    for rule in policy.active().cookies.values():
        assert rule.name in page
        assert rule.text.say(lang) in page
    for row in policy.cookie_list(lang).rows:
        assert len(row) == len(policy.cookie_list(lang).columns)
        assert all(cell in page for cell in row)


def test_a_cookie_for_a_purpose_that_its_items_do_not_serve_is_a_fault() -> None:
    own = source.load()
    rule = next(iter(own.cookies.values()))
    assert rule.items
    other = {**own.cookies, rule.name: replace(rule, purpose=Purpose.P5)}
    wrong = edition("1.1.0", own.version.published_at, 16, cookies=other)
    assert rule.name in {fault.where for fault in faults.find(wrong)}


def test_no_script_of_ours_remembers_a_browser_in_another_way() -> None:
    for script in STATIC.rglob("*.js"):
        if "vendor" not in script.parts:
            text = script.read_text("utf-8")
            assert [word for word in MEMORIES if word in text] == [], script.name
