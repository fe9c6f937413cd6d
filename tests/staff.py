"""A member of staff at the console: hired, signed in, pressing buttons."""

import re

import httpx2

from shouyue.ground.hazmat import otp
from shouyue.people.staff import service as staff
from shouyue.people.staff.types import StaffRole
from shouyue_sandbox.demo.page import read
from tests.house import House
from tests.visitors import Visitor

NAME = "li-watch"
PASSWORD = "correct horse battery"


class Member:
    """One member of staff in one browser."""

    def __init__(self, house: House, *roles: StaffRole, name: str = NAME) -> None:
        self.name = name
        with house.store.begin() as db:
            hired = staff.create_staff(db, name, PASSWORD, roles)
        self.staff_id = hired.staff_id
        visitor = Visitor(house)
        self.web, self.page = visitor.web, visitor.page
        form = {
            "name": name,
            "password": PASSWORD,
            "code": otp.code_at(hired.secret, house.clock()),
        }
        assert self.web.post("/ops/login", data=form).status_code == 303

    def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form with the session's own word."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.page("/ops/passkeys"))
        assert found
        return self.web.post(path, data={"csrf": found.group(1), **fields})

    def send(self, path: str, action: str) -> str:
        """Send a form of a page with every field that it shows, and return where it led."""
        shown = read(path, 200, self.page(path).encode(), html=True).form(action)
        answer = self.web.post(shown.action, data=shown.fields)
        assert answer.status_code == 303, answer.text[:2000]
        return answer.headers["location"]

    def press(self, path: str, **fields: str) -> str:
        """Send a form that must be taken, and return where it led."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text[:2000]
        return answer.headers["location"]
