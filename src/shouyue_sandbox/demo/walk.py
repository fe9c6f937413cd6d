"""What the errand carries along: its people, their browsers, and what was learned so far."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any, TypeVar

import httpx2

from shouyue_sandbox.demo import papers
from shouyue_sandbox.demo.browser import Browser, File, Values
from shouyue_sandbox.demo.page import Page
from shouyue_sandbox.demo.receiver import Receiver

_WAIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.1
T = TypeVar("T")
MERCHANT = "ks_shop_2900001"
"""The parent platform's account that authorises: a sandbox shop's."""


class Stopped(Exception):  # noqa: N818 - an expected end
    """A step did not hold: the page's address, its status, and what it said."""

    def __init__(self, address: str, status: int, said: str) -> None:
        """Keep all three."""
        super().__init__(f"{status} {address} · {said}")


@dataclass(slots=True)
class Keys:
    """What the developer learns about the app, once."""

    app: str = ""
    appkey: str = ""
    app_secret: str = ""
    sign_secret: str = ""
    message_key: str = ""


@dataclass(slots=True)
class Tokens:
    """What the app holds for the merchant."""

    access: str = ""
    refresh: str = ""
    open_id: str = ""


def _nothing(_answer: httpx2.Response) -> None: ...


@dataclass
class Walk:
    """One walk over one platform. Each step reads what earlier ones wrote here."""

    base: str
    after: Callable[[httpx2.Response], None] = _nothing
    dice: Random = field(default_factory=SystemRandom)
    company: papers.Company = field(init=False)
    phone: str = field(init=False)
    receiver: Receiver = field(default_factory=Receiver)
    keys: Keys = field(default_factory=Keys)
    tokens: Tokens = field(default_factory=Tokens)
    clerk: str = field(default="", repr=False)  # the token that a sub-account gave
    clerk_id: int = 0
    case: str = ""
    code: str = ""
    seller: int = 0
    orders: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    _letters: dict[str, dict[str, str]] = field(default_factory=dict)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make up who walks."""
        self.company = papers.company(self.dice)
        self.phone = self.company.administrator.phone

    @property
    def redirect(self) -> str:
        """Where merchants come back to: the sandbox's own call-back page."""
        return f"{self.base}/sandbox/receiver/callback"

    def of(self, person: str) -> Browser:
        """Return a person's own browser."""
        if person not in self._browsers:
            self._browsers[person] = Browser(self.base, self.after)
        return self._browsers[person]

    def open(self, person: str, address: str) -> Page:
        """Open a page; raises Stopped unless it is there."""
        return held(self.of(person).open(address))

    def send(
        self,
        person: str,
        page: Page,
        word: str,
        values: Values | None = None,
        *,
        tick: Sequence[str] = (),
        files: Mapping[str, File] | None = None,
    ) -> Page:
        """Send the form that carries `word`; raises Stopped unless it is taken."""
        try:
            form = page.form(word)
            return held(self.of(person).send(page, form, values, tick=tick, files=files))
        except LookupError as lacking:
            raise Stopped(page.url, page.status, f"{lacking} {page.refusal()}") from None

    def json(self, address: str) -> dict[str, Any]:
        """Read a JSON page of the development mode."""
        found: dict[str, Any] = json.loads(self.open("script", address).text)
        return found

    def read_letters(self) -> list[dict[str, str]]:
        """Return every letter that the post box was ever seen to hold, oldest first."""
        for letter in self.json("/development/postbox.json")["letters"]:
            self._letters[f"{letter['at']} {letter['to']} {letter['text']}"] = letter
        return sorted(self._letters.values(), key=lambda letter: letter["at"])

    def letter(self, to: str, about: str) -> str:
        """Return the newest letter to somebody that holds the word, or nothing."""
        fit = [
            letter["text"]
            for letter in self.read_letters()
            if letter["to"].endswith(to) and about in letter["text"]
        ]
        return fit[-1] if fit else ""

    def close(self) -> None:
        """Send everybody home."""
        for browser in self._browsers.values():
            browser.close()
        self.receiver.close()


def held(page: Page) -> Page:
    """Return the page, or raise Stopped when it is a refusal."""
    if page.status >= 400 or page.marks["alert-bad"]:  # noqa: PLR2004 - HTTP
        raise Stopped(page.url, page.status, page.refusal() or page.text[:200])
    return page


def wait(look: Callable[[], T | None], what: str, seconds: float = _WAIT_SECONDS) -> T:
    """Look again and again until there is something; raises Stopped when time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(_PAUSE_SECONDS)
    raise Stopped("", 0, what)
