"""Every page that a member or a reviewer can reach, in a real browser, after the whole errand."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Walked

pytestmark = pytest.mark.browser

_STARTS = {
    "developer": (
        *("/privacy", "/apps", "/account", "/inbox", "/onboarding/status", "/docs"),
        *("/tools/explore", "/tools/signature", "/tools/token", "/docs/errors/27"),
        *("/legal/share-list", "/legal/collect-list", "/legal/retention", "/legal/cookies"),
    ),
    "merchant": ("/privacy", "/grants", "/privacy/sharing"),
    "reviewer": ("/ops", "/ops/reviews", "/ops/passkeys", "/ops/access", "/ops/access/course"),
    "officer": (
        "/ops",
        "/ops/access",
        "/ops/access/register",
        "/ops/access/undertaking",
        "/ops/purposes",
        "/ops/reach",
        "/ops/emergencies",
        "/ops/holds",
    ),
}
_ENOUGH = 28


def sign_in(chromium: Browser, walked: Walked, person: str, width: int) -> Page:
    """Give the browser the session that the errand left this person with."""
    context = chromium.new_context(viewport={"width": width, "height": 800})
    jar = walked.walk.of(person).cookies.jar
    context.add_cookies(
        [
            {"name": one.name, "value": one.value or "", "url": walked.platform.base}
            for one in jar
            if one.name.startswith("sy_s")
        ]
    )
    return context.new_page()


def links(page: Page) -> list[str]:
    """The pages that the main part of this one leads to."""
    found = page.eval_on_selector_all(
        "main a[href]:not([download])", "all => all.map(a => a.getAttribute('href'))"
    )
    local = [str(link).split("#")[0].split("?")[0] for link in found]
    wanted = ("/privacy", "/apps", "/account", "/inbox", "/docs", "/ops", "/grants", "/onboarding")
    return [link for link in local if link.startswith(wanted)]


@pytest.mark.parametrize("person", sorted(_STARTS))
@pytest.mark.parametrize(("width", "lang"), [(1280, "zh"), (375, "zh"), (375, "en")])
def test_a_members_page_fits_its_screen_and_breaks_no_rule_of_its_own(
    chromium: Browser, walked_sqlite: Walked, tmp_path: Path, person: str, width: int, lang: str
) -> None:
    page = sign_in(chromium, walked_sqlite, person, width)
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url} {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    seen: set[str] = set()
    wide: list[str] = []
    ahead = list(_STARTS[person])
    while ahead and len(seen) < _ENOUGH:
        path = ahead.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(f"{walked_sqlite.platform.base}{path}?lang={lang}")
        name = f"{person}-{lang}{width}{path.replace('/', '-')}.png"
        page.screenshot(path=str(tmp_path / name), full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
        ahead += links(page)
    ended = page.url
    page.context.close()
    assert "login" not in ended
    assert len(seen) >= len(_STARTS[person])
    assert wide == []
    assert said == []
