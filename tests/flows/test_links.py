"""No page points at nothing: every local link that a person can see leads to a page."""

import re

import pytest

from shouyue.doors.centre import pages as centre
from shouyue.doors.console import pages as console
from shouyue.doors.portal import pages as portal
from shouyue.doors.site import pages as site
from shouyue.doors.statistics import pages as statistics
from shouyue.doors.stewards import pages as stewards
from shouyue.doors.workbench import pages as workbench
from tests.house import House
from tests.pages import browser
from tests.visitors import PROVIDER, ParentPlatform, Visitor

ROOMS = (site, centre, portal, statistics, workbench, console, stewards)
DOORS = tuple((room.DOOR, room.PAGES) for room in ROOMS)
LINK = re.compile(r'(?:href|action)="(/[^"#?]*)')
# 405: the address of a form, which answers POST alone; 409: a receipt a moment too early.
FINE = {200, 303, 405, 409}
ELSEWHERE = ("/static/", "/development/", "/sandbox/")


class Wanderer(Visitor):
    """A person who opens whatever there is."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.out = ParentPlatform(house)
        self.web = browser(house, *DOORS, egress=self.out, provider=PROVIDER)

    def wander(self, start: str, lang: str) -> dict[str, int]:
        """Follow every link from a page on; return each address with its status."""
        seen: dict[str, int] = {}
        ahead = [start]
        while ahead:
            path = ahead.pop()
            if path in seen or path.startswith(ELSEWHERE):
                continue
            answer = self.web.get(path, params={"lang": lang})
            seen[path] = answer.status_code
            ahead += [found for found in LINK.findall(answer.text) if "logout" not in found]
        return seen


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_strangers_links_all_lead_somewhere(house: House, lang: str) -> None:
    seen = Wanderer(house).wander("/", lang)
    assert len(seen) > 20
    assert {path: status for path, status in seen.items() if status not in FINE} == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_members_links_all_lead_somewhere(house: House, lang: str) -> None:
    person = Wanderer(house)
    person.sign_up()
    seen = person.wander("/privacy", lang)
    assert len(seen) > 30
    assert {path: status for path, status in seen.items() if status not in FINE} == {}
