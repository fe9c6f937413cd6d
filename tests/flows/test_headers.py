"""5.1.1 on every page that there is: whatever it answers, the browser is told to be careful."""

import re

import pytest

from shouyue.doors.web.routes import Page
from tests.flows.test_links import DOORS
from tests.house import House
from tests.pages import browser
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("5.1.1")
PAGES = [page for _, pages in DOORS for page in pages]
SAID = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def address(page: Page) -> str:
    return re.sub(r"\{[^}]*\}", "0" * 26, page.path)


def careless(answer: object) -> list[str]:
    """Which headers an answer lacks."""
    headers = answer.headers  # type: ignore[attr-defined] # an answer of the test client
    wrong = [name for name, value in SAID.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    if not policy.startswith("default-src 'none'") or "frame-ancestors 'none'" not in policy:
        wrong.append("Content-Security-Policy")
    if "unsafe" in policy or "*" in policy:
        wrong.append("Content-Security-Policy is open")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if headers.get("Cache-Control") not in {"no-store", "no-cache"}:
        wrong.append("Cache-Control")
    return wrong


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_answers_a_stranger_with_every_header(house: House, method: str) -> None:
    web = browser(house, *DOORS)
    found = {page.path: careless(web.request(method, address(page))) for page in PAGES}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_every_page_answers_a_member_with_every_header(house: House) -> None:
    visitor = Visitor(house)
    visitor.sign_up()
    found = {page.path: careless(visitor.web.get(address(page))) for page in PAGES}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_what_is_not_there_answers_no_worse(house: House) -> None:
    web = browser(house, *DOORS)
    for path in ("/nowhere", "/static/nowhere.css", "/privacy/../x"):
        assert careless(web.get(path)) == [], path
