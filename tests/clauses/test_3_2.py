"""3.2: there is no convenience cookie, and none slips in."""

import pytest

from shouyue.doors.web import cookies
from shouyue.doors.web.errors import CookieUnregistered
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.types import CookieClass
from tests.house import House
from tests.visitors import PHONE, Visitor

pytestmark = pytest.mark.clause("3.2")


def test_the_list_has_necessary_cookies_only() -> None:
    classes = {cookie.cookie_class for cookie in policy.active().cookies.values()}
    assert classes == {CookieClass.NECESSARY}


def test_a_whole_visit_sets_no_cookie_that_is_only_convenient(house: House) -> None:
    visitor = Visitor(house).sign_up()
    for path in ("/", "/legal/cookies?lang=en", "/account", "/privacy", "/apps"):
        visitor.web.get(path)
    names = {name.removeprefix("__Host-") for name in visitor.web.cookies}
    rules = policy.active().cookies
    assert names
    assert all(rules[name].cookie_class is CookieClass.NECESSARY for name in names)


def test_no_cookie_remembers_what_was_typed(house: House) -> None:
    visitor = Visitor(house)
    visitor.web.post("/login/phone", data={"phone": PHONE, "next": ""})
    assert PHONE not in str(dict(visitor.web.cookies))
    with pytest.raises(CookieUnregistered):
        cookies.check("sy_prefill=1; Path=/")
