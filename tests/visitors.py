"""People at the door: a browser on the real portal, a box that catches codes, a parent platform."""

import json
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

from shouyue.doors.centre import pages as centre
from shouyue.doors.console import pages as console
from shouyue.doors.site import login
from shouyue.doors.site import pages as site
from shouyue.doors.stewards import pages as stewards
from shouyue.people.arrivals.types import Provider
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import HttpBack, HttpOut
from tests.house import House
from tests.pages import INSIDE, browser

PHONE = "13800138000"
OPEN_ID = "ks_dev_00001"
NICKNAME = "云杉软件"
PROVIDER = Provider("https://platform.example.com", "app-9", "platform-secret")


class ParentPlatform(Egress):
    """The way out, with the post box for messages and the parent platform at the other end."""

    def __init__(self, house: House) -> None:
        self.box = PostBox(house.clock)
        super().__init__(self.box, self.box)
        self.phone = PHONE
        self.asked: list[str] = []
        self.down = False

    def http(self, out: HttpOut) -> HttpBack:
        """Answer as the platform documents it, with more than anybody asked for."""
        parts = urlsplit(out.url)
        self.asked.append(parts.path)
        form = dict(parse_qsl(out.body.decode()))
        if self.down or (form and form.get("code") != "good-code"):
            return HttpBack(200, b'{"result":100200105,"error":"invalid_grant"}', 1)
        user = {"name": NICKNAME, "sex": "F", "fan": 9, "head": "https://img.example/1.jpg"}
        answers: dict[str, dict[str, object]] = {
            "/oauth2/access_token": {"access_token": "at-1", "open_id": OPEN_ID},
            "/openapi/user_info": {"user_info": {**user, "city": "成都"}},
            "/openapi/user_phone": {"phone": self.phone},
        }
        return HttpBack(200, json.dumps({"result": 1, **answers[parts.path]}).encode(), 1)

    def code(self) -> str:
        """Return the code of the last text message."""
        found = re.search(r"\d{6}", self.box.messages()[-1].text)
        assert found
        return found.group()


class Visitor:
    """One browser. Its verbs are what a person does; each returns the last answer."""

    def __init__(
        self, house: House, egress: ParentPlatform | None = None, address: str = INSIDE
    ) -> None:
        self.house = house
        self.out = egress or ParentPlatform(house)
        doors = (
            (site.DOOR, site.PAGES),
            (centre.DOOR, centre.PAGES),
            (console.DOOR, console.PAGES),
            (stewards.DOOR, stewards.PAGES),
        )
        self.web = browser(house, *doors, egress=self.out, provider=PROVIDER, address=address)

    def page(self, path: str) -> str:
        """Open a page that must be there."""
        answer = self.web.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    def hidden(self, path: str, name: str) -> str:
        """Return a hidden field of a page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page(path))
        assert found, (path, name)
        return found.group(1)

    def press(self, path: str, **fields: str) -> str:
        """Send a form of a signed-in page and return where it led."""
        answer = self.web.post(path, data={"csrf": self.hidden("/account", "csrf"), **fields})
        assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
        return answer.headers["location"]

    def prove_phone(self, phone: str = PHONE, onward: str = "") -> str:
        """Ask for a code and enter it; return where that led."""
        sent = self.web.post("/login/phone", data={"phone": phone, "next": onward})
        assert sent.headers["location"] == "/login/code?done=sent"
        return self.web.post("/login/code", data={"code": self.out.code()}).headers["location"]

    def prove_platform(self, onward: str = "") -> str:
        """Go to the platform and come back; return where that led."""
        away = self.web.get("/login/platform", params={"next": onward} if onward else {})
        state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
        back = self.web.get(login.CALLBACK, params={"code": "good-code", "state": state})
        assert back.headers["location"] == "/login/enter"
        return self.web.get("/login/enter").headers["location"]

    def agree(self, **boxes: str) -> str:
        """Tick and send the registration notice; return where that led."""
        given = {"token": self.hidden("/consent", "token"), "agreed": "yes", "of_age": "yes"}
        answer = self.web.post("/consent", data={**given, **boxes})
        assert answer.status_code == 303, answer.text[:2000]
        return answer.headers["location"]

    def sign_up(self, phone: str = PHONE) -> "Visitor":
        """Come in by phone as somebody new."""
        assert self.prove_phone(phone) == "/consent"
        self.agree()
        return self
