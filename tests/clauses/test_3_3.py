"""3.3: who clears the cookies is signed out, loses nothing else, and is not recognised."""

import pytest

from tests.house import House
from tests.visitors import Visitor

pytestmark = pytest.mark.clause("3.3")


def test_signing_out_clears_the_cookie_and_kills_the_session(house: House) -> None:
    visitor = Visitor(house).sign_up()
    kept = dict(visitor.web.cookies)
    assert visitor.press("/logout") == "/login?done=left"
    assert not any("sy_session" in name for name in visitor.web.cookies)
    visitor.web.cookies.update(kept)
    assert visitor.web.get("/account").headers["location"].startswith("/login")


def test_after_clearing_nobody_is_known_by_their_device(house: House) -> None:
    visitor = Visitor(house).sign_up()
    visitor.web.cookies.clear()
    assert visitor.web.get("/account").headers["location"].startswith("/login")
    assert "138****8000" not in visitor.page("/")


def test_after_clearing_nothing_but_the_log_in_is_lost(house: House) -> None:
    visitor = Visitor(house).sign_up()
    before = visitor.page("/privacy/data").count("<dt>")
    visitor.web.cookies.clear()
    house.clock.forward(minutes=2)
    assert visitor.prove_phone() == "/apps"
    assert visitor.page("/privacy/data").count("<dt>") == before
