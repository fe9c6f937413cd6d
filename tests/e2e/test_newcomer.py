"""A newcomer in a real browser: from the first page to the own word of both people named."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from shouyue_sandbox.demo import certificate, newcomer, papers
from shouyue_sandbox.demo.walk import Walk, wait
from tests.e2e.conftest import Walked

pytestmark = pytest.mark.browser


class Visitor:
    """Somebody at a screen of some width, and what the browser had to complain of."""

    def __init__(self, page: Page, walk: Walk) -> None:
        self.page, self.walk = page, walk
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(f"{page.url} {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url} {error}"))

    def open(self, path: str) -> None:
        self.page.goto(f"{self.walk.base}{path}")

    def send(self, field: str, values: dict[str, str] | None = None, tick: str = "") -> None:
        """Fill in the form that has a field of this name, by hand, and press its button."""
        form = self.page.locator(f"form:has([name={field}])").first
        for name, value in (values or {}).items():
            form.locator(f"[name={name}]").fill(value)
        for name in tick.split():
            form.locator(f"[name={name}]").first.check()
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        form.locator("button:not([type=button])").first.click()
        self.page.wait_for_load_state()
        assert self.page.locator(".sy-alert.sy-bad").count() == 0, self.page.inner_text("main")

    def attach(self, field: str, *lines: str) -> None:
        photo = papers.photo("SAMPLE", lines, "#e6eef6")
        paper = FilePayload(name="paper.jpg", mimeType="image/jpeg", buffer=photo)
        self.page.set_input_files(f"[name={field}]", paper)


@pytest.mark.parametrize(("width", "lang"), [(1280, "zh"), (375, "en")])
def test_somebody_new_finds_the_way_by_the_pages_alone(
    chromium: Browser, walked_sqlite: Walked, width: int, lang: str
) -> None:
    walk = Walk(walked_sqlite.walk.base)
    new = Visitor(chromium.new_page(viewport={"width": width, "height": 800}), walk)
    try:
        new.open(f"/?lang={lang}")
        _signs_up(new)
        _hands_in(new)
        _both_confirm(new)
    finally:
        new.page.context.close()
        walk.close()
    assert new.said == []


def _signs_up(new: Visitor) -> None:
    new.open("/login?next=/onboarding")
    new.send("phone", {"phone": new.walk.phone})
    new.send("code", {"code": wait(lambda: newcomer.code(new.walk), "no code came")})
    assert "/consent" in new.page.url
    boxes = new.page.locator("main input[type=checkbox]")
    assert boxes.count() >= 2
    assert not any(boxes.nth(at).is_checked() for at in range(boxes.count()))
    assert new.page.locator("[data-consent-button]").is_disabled()
    new.send("agreed", tick="agreed of_age")
    assert new.page.url.endswith("/onboarding")


def _hands_in(new: Visitor) -> None:
    about = new.walk.company
    legal, admin = about.legal_person, about.administrator
    new.send("token")
    new.attach("photo", about.name, about.code)
    licence = {"title": about.name, "code": about.code, "legal_person": legal.name}
    new.send("title", {**licence, "place": about.address, "start": "2020-05-06"}, tick="forever")
    new.attach("front", legal.name, legal.id_number)
    new.attach("back", "2019-2039")
    card = {"person": legal.name, "number": legal.id_number}
    new.send("number", {**card, "start": "2019-03-04", "until": "2039-03-04"})
    own = {"person": admin.name, "number": admin.id_number}
    new.send("mobile", {**own, "mobile": admin.phone, "mail": admin.email}, tick="same")
    new.send("authorised", tick="agreed agreed_sensitive authorised")
    assert "/onboarding/status" in new.page.url


def _both_confirm(new: Visitor) -> None:
    about = new.walk.company
    wait(_reloaded(new, "[name=phone]"), "nobody asks for the number")
    new.send("phone", {"phone": about.legal_person.phone})
    link = wait(lambda: certificate.link(new.walk, about.legal_person.phone), "no link came")
    _confirms(new, link, about.legal_person)
    new.open("/onboarding/status")
    new.page.locator("form[action$='/own'] button").click()
    new.page.wait_for_load_state()
    _confirms(new, "", about.administrator)
    new.open("/onboarding/status")
    assert new.page.locator("[name=phone], form[action$='/own']").count() == 0


def _confirms(new: Visitor, link: str, person: papers.Person) -> None:
    if link:
        new.open(link)
    new.send("proof")
    new.send("tail", {"person": person.name, "tail": person.id_number[-6:]}, tick="agreed")
    assert "/confirm/done" in new.page.url


def _reloaded(new: Visitor, there: str) -> Callable[[], bool]:
    def look() -> bool:
        new.page.reload()
        return new.page.locator(there).count() > 0

    return look
