"""Developers and merchants at their pages: people who are signed in, and the directory of shops."""

import json
from dataclasses import dataclass
from html.parser import HTMLParser

from starlette.testclient import TestClient

from shouyue.doors.portal import apps, authorize, credentials, docs, granted, limits
from shouyue.doors.portal.pages import DOOR
from shouyue.ground.kit.types import SubjectId
from shouyue.people.accounts import sessions
from shouyue.platform.directory.types import Directory
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.service import Egress
from shouyue.privacy.egress.types import HttpBack, HttpOut
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep
from shouyue_sandbox import wire
from tests import certification, people
from tests.house import House
from tests.pages import browser

PAGES = (
    *apps.PAGES,
    *credentials.PAGES,
    *authorize.PAGES,
    *granted.PAGES,
    *docs.PAGES,
    *limits.PAGES,
)
DIRECTORY = Directory("https://operator.example/upstream", "upstream-secret")
ACCOUNT = "ks_shop_2900001"


class Operator(Egress):
    """The operator's directory, behind the way out: checks the signature, knows some accounts."""

    def __init__(self, house: House) -> None:
        box = PostBox(house.clock)
        super().__init__(box, box)
        self._clock = house.clock
        self.shops: dict[str, object] = {
            ACCOUNT: {"sellerId": 2_900_001, "shopName": "青禾茶铺", "shopType": 1}
        }
        self.asked: list[bytes] = []
        self.down = False

    def http(self, out: HttpOut) -> HttpBack:
        self.asked.append(out.body)
        if self.down:
            return HttpBack(None, b"", 5000, "timeout")
        assert out.url == "https://operator.example/upstream/api/seller.directory.get"
        headers = {name.lower(): value for name, value in out.headers.items()}
        now = int(self._clock().timestamp() * 1000)
        assert wire.genuine(DIRECTORY.secret, headers, now, out.body)
        shop = self.shops.get(json.loads(out.body)["param"]["open_id"])
        told = {"result": 1, "data": shop} if shop else {"result": 26, "sub_code": "seller.unknown"}
        return HttpBack(200, json.dumps(told).encode(), 3)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person at a browser."""

    subject: SubjectId
    client: TestClient

    def prove(self, house: House, phone: str = people.PHONE) -> "Someone":
        """Show by a fresh code to be there; the session goes on under another token."""
        house.clock.forward(minutes=2)
        cookie = "__Host-sy_session"
        with house.store.begin() as db:
            ticket = people.ticket_for(db, phone)
            renewed = sessions.step_up(db, self.client.cookies[cookie], ticket)
        self.client.cookies.clear()
        self.client.cookies.set(cookie, renewed)
        return self

    def csrf(self, path: str) -> str:
        """The word in the forms of a page."""
        found = fields(self.client.get(path).text)
        return found["csrf"]


def nobody(house: House, operator: Egress | None = None) -> TestClient:
    """A browser in which nobody is signed in."""
    egress = operator or Operator(house)
    return browser(house, (DOOR, PAGES), egress=egress, directory=DIRECTORY)


def someone(house: House, phone: str = people.PHONE, operator: Egress | None = None) -> Someone:
    """A person who has just signed up."""
    with house.store.begin() as db:
        entered = people.sign_up(db, phone)
    client = nobody(house, operator)
    client.cookies.set("__Host-sy_session", entered.session_token)
    return Someone(entered.subject, client)


def developer(house: House, phone: str = people.PHONE) -> Someone:
    """A person whose company is certified."""
    found = someone(house, phone)
    with house.store.begin() as db:
        certification.certify(db, found.subject)
    return found


def merchant(
    house: House,
    operator: Egress | None = None,
    account: str = ACCOUNT,
    phone: str = people.OTHER_PHONE,
) -> Someone:
    """A person with a platform account."""
    found = someone(house, phone, operator)
    keep = (account, Purpose.P1, Basis.CONTRACT_SELF, "platform-account")
    with house.store.begin() as db:
        vault.keep(db, Keep(found.subject, Item.DI_03, *keep))
    return found


def fields(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    reader = _Hidden()
    reader.feed(html)
    return reader.found


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found[given["name"] or ""] = given.get("value") or ""


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs).get("href") or "")
