"""The parts and the public pages in a real browser: nothing overflows, nothing is refused."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser

from tests.e2e.showcase_site import site

pytestmark = pytest.mark.browser

_PATHS = (
    "/",
    "/showcase",
    "/console-showcase",
    "/legal/privacy",
    "/legal/collect-list",
    "/security",
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running site of all parts."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("showcase")
    app = site(f"sqlite:///{folder}/show.db", address)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield address
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [375, 1280])
def test_a_page_fits_its_screen_and_breaks_no_rule_of_its_own(
    chromium: Browser, origin: str, tmp_path: Path, path: str, lang: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 760})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{origin}{path}?lang={lang}")
    page.screenshot(path=str(tmp_path / "page.png"), full_page=True)
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
    assert fits
    assert said == []


def test_a_consent_button_waits_for_the_box(chromium: Browser, origin: str) -> None:
    page = chromium.new_page()
    page.goto(f"{origin}/showcase")
    button = page.locator("[data-consent-button]")
    assert button.is_disabled()
    page.locator("input[name=agreed]").check()
    assert button.is_enabled()
    page.close()


def test_a_dangerous_deed_waits_for_the_typed_word(chromium: Browser, origin: str) -> None:
    page = chromium.new_page()
    page.goto(f"{origin}/showcase")
    page.locator("button[commandfor=del][command=show-modal]").click()
    assert page.locator("#del [data-typed-button]").is_disabled()
    page.locator("#del-w").fill("demo")
    assert page.locator("#del [data-typed-button]").is_enabled()
    page.close()
