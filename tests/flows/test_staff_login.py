"""Staff come in: two factors, one answer for every failure, a cookie of their own."""

import base64
import hashlib
import html
import json
import re

import pytest

from shouyue.ground.hazmat import otp
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import Enrolled, StaffRole
from tests.house import House
from tests.pages import ORIGIN
from tests.unit.test_hazmat_passkeys import SoftAuthenticator
from tests.visitors import Visitor

NAME = "li-review"
PASSWORD = "correct horse battery"


@pytest.fixture
def hired(house: House) -> Enrolled:
    with house.store.begin() as db:
        return staff.create_staff(db, NAME, PASSWORD, [StaffRole.REVIEWER])


class OurKey(SoftAuthenticator):
    """An authenticator that made its key for the site under test."""

    def _told(self, flags: int = 0) -> bytes:
        host = hashlib.sha256(b"open.example.com").digest()
        return host + bytes([self._flags | flags]) + self.uses.to_bytes(4, "big")


def enter(visitor: Visitor, hired: Enrolled, **other: str) -> int:
    code = otp.code_at(hired.secret, visitor.house.clock())
    form = {"name": NAME, "password": PASSWORD, "code": code, **other}
    return visitor.web.post("/ops/login", data=form).status_code


def options(page: str) -> tuple[bytes, str]:
    """Return the challenge of a page and its sealed half."""
    asked = re.search(r'data-options="([^"]+)"', page)
    sealed = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked
    assert sealed
    text = json.loads(html.unescape(asked.group(1)))["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), sealed.group(1)


@pytest.mark.clause("5.1.2")
def test_password_and_code_open_the_console(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    assert visitor.web.get("/ops").headers["location"] == "/ops/login?next=%2Fops"
    assert enter(visitor, hired) == 303
    page = visitor.page("/ops")
    assert NAME in page
    assert "/ops/reviews" in page


@pytest.mark.clause("5.1.2")
@pytest.mark.parametrize(
    "wrong",
    [{"name": "nobody"}, {"password": "wrong"}, {"code": "000000"}, {"code": ""}, {"answer": "{}"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_every_failure_gets_the_same_answer(
    house: House, hired: Enrolled, wrong: dict[str, str]
) -> None:
    visitor = Visitor(house)
    answer = visitor.web.post("/ops/login", data={"name": NAME, "password": PASSWORD, **wrong})
    assert answer.status_code == 422
    assert "登录未成功" in answer.text
    assert PASSWORD not in answer.text
    assert hired.secret not in answer.text


@pytest.mark.clause("5.1.2")
def test_five_failures_lock_even_the_right_answer_out(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    for _ in range(5):
        assert enter(visitor, hired, password="wrong") == 422
    assert enter(visitor, hired) == 422
    house.clock.forward(minutes=16)
    assert enter(visitor, hired) == 303


def test_a_persons_session_does_not_open_the_console(house: House) -> None:
    visitor = Visitor(house).sign_up()
    assert visitor.web.get("/ops").status_code == 303
    token = str(visitor.web.cookies.get("__Host-sy_session"))
    visitor.web.cookies.set("__Host-sy_staff", token, domain="open.example.com")
    assert visitor.web.get("/ops").status_code == 303


def test_a_staff_session_does_not_open_the_portal(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    enter(visitor, hired)
    token = str(visitor.web.cookies.get("__Host-sy_staff"))
    visitor.web.cookies.set("__Host-sy_session", token, domain="open.example.com")
    assert visitor.web.get("/account").status_code == 303


def test_a_staff_session_ends_after_thirty_idle_minutes(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    enter(visitor, hired)
    house.clock.forward(minutes=30)
    assert visitor.web.get("/ops").status_code == 303


def test_who_signs_in_again_in_one_browser_leaves_no_session_behind(
    house: House, hired: Enrolled
) -> None:
    visitor = Visitor(house)
    enter(visitor, hired)
    first = str(visitor.web.cookies.get("__Host-sy_staff"))
    csrf = visitor.hidden("/ops", "csrf")
    house.clock.forward(minutes=1)
    assert enter(visitor, hired, csrf=csrf) == 303
    with house.store.read() as db:
        assert staff.visit(db, first) is None
        assert staff.visit(db, str(visitor.web.cookies.get("__Host-sy_staff"))) is not None


def test_staff_leave_by_their_own_door(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    enter(visitor, hired)
    csrf = visitor.hidden("/ops", "csrf")
    assert visitor.web.post("/ops/logout").status_code == 403
    assert visitor.web.post("/ops/logout", data={"csrf": csrf}).status_code == 303
    assert visitor.web.get("/ops").status_code == 303


def test_an_outside_address_is_not_followed_after_the_log_in(house: House, hired: Enrolled) -> None:
    visitor = Visitor(house)
    code = otp.code_at(hired.secret, house.clock())
    form = {"name": NAME, "password": PASSWORD, "code": code}
    answer = visitor.web.post("/ops/login?next=//evil.example", data=form)
    assert answer.headers["location"] == "/ops"


@pytest.mark.clause("5.1.2")
def test_a_passkey_is_added_and_then_serves_as_the_second_factor(
    house: House, hired: Enrolled
) -> None:
    visitor, key = Visitor(house), OurKey()
    enter(visitor, hired)
    challenge, sealed = options(visitor.page("/ops/passkeys"))
    csrf = visitor.hidden("/ops", "csrf")
    form = {"asked": sealed, "answer": key.create(challenge, ORIGIN), "csrf": csrf}
    made = visitor.web.post("/ops/passkeys", data=form)
    assert made.headers["location"] == "/ops/passkeys?done=added"
    visitor.web.post("/ops/logout", data={"csrf": csrf})
    challenge, sealed = options(visitor.page("/ops/login"))
    form = {"name": NAME, "password": PASSWORD, "asked": sealed}
    used = {**form, "answer": key.get(challenge, ORIGIN)}
    assert visitor.web.post("/ops/login", data=used).status_code == 303
    assert Visitor(house).web.post("/ops/login", data=used).status_code == 422
