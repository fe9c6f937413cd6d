"""The guides say what works: their programs are the portal's, their settings load."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from shouyue.assembly.settings import Settings
from shouyue.doors.portal import snippets
from shouyue.ground.hazmat import messages
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.oauth import rules as oauth
from shouyue.platform.push import rules as push

GUIDES = Path(__file__).parents[2] / "docs/guides"
ORIGIN = "http://127.0.0.1:8000"
languages = pytest.mark.parametrize(("suffix", "otherwise"), [("", "or"), (".zh", "或")])


def guide(name: str) -> str:
    return (GUIDES / f"{name}.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced programs of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@languages
def test_the_first_call_is_the_program_that_the_portal_shows(suffix: str, otherwise: str) -> None:
    text = guide(f"first-call{suffix}")
    api = catalogue.find("open.item.get")
    wanted = snippets.programs(api, snippets.EXAMPLE_KEY, ORIGIN, otherwise)

    assert wanted.shell in blocks(text, "sh")
    assert wanted.python in blocks(text, "python")
    assert snippets.exchange(snippets.EXAMPLE_KEY, ORIGIN) in blocks(text, "sh")


@languages
def test_the_receiver_of_the_guide_opens_what_we_send(suffix: str, otherwise: str) -> None:
    del otherwise
    (program,) = blocks(guide(f"receive-messages{suffix}"), "python")
    names: dict[str, Any] = {"__name__": "guide"}
    exec(program, names)  # noqa: S102 - the program of our own guide
    key, said = b"k" * 16, b'{"test":true}'

    opened = names["opened"](messages.encrypt(key, said), base64.b64encode(key))

    assert opened == {"test": True}


def test_the_numbers_of_the_guides_are_those_of_the_code() -> None:
    minutes = [int(pause.total_seconds() // 60) for pause in push.LADDER]

    assert minutes == [5, 10, 20, 30, 60]
    assert (push.TIMEOUT, push.MISSES, push.CONTENT_LIFE.days) == (3.0, 3, 7)
    assert oauth.ACCESS_LIFE.total_seconds() == 48 * 3600
    assert oauth.CODE_LIFE.total_seconds() == 120
    assert oauth.GRANT_DAYS == 180


def test_the_settings_of_the_guide_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = guide("run-in-production")
    (toml,) = blocks(text, "toml")
    (tmp_path / "shouyue.toml").write_text(toml, "utf-8")
    for name in re.findall(r"`(SHOUYUE_[A-Z_]+)`", text):
        if name != "SHOUYUE_HOST":
            monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))
    monkeypatch.setenv(
        "SHOUYUE_DATABASE", "postgresql+psycopg://shouyue:secret@db.internal/shouyue"
    )

    settings = Settings()

    assert settings.origin == "https://open.example.com"
    assert settings.upstream
    assert settings.upstream.secret.get_secret_value() == "secret"


@languages
def test_the_witnesses_of_the_guide_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, otherwise: str
) -> None:
    del otherwise
    (toml,) = blocks(guide(f"evidence{suffix}"), "toml")
    (tmp_path / "shouyue.toml").write_text(f"development = true\n{toml}", "utf-8")
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))

    (one,) = Settings().witnesses

    assert one.name == "witness.example.cn"


@languages
def test_the_key_service_of_the_guide_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, otherwise: str
) -> None:
    del otherwise
    (toml,) = blocks(guide(f"keys{suffix}"), "toml")
    (tmp_path / "shouyue.toml").write_text(f"development = true\n{toml}", "utf-8")
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))
    monkeypatch.setenv("SHOUYUE_KEY_SERVICE__TOKEN", "secret")

    found = Settings().key_service

    assert found
    assert (found.namespace, found.mount) == ("shops/east", "transit")


def test_a_guide_that_others_than_us_read_is_there_in_both_languages() -> None:
    for name in ("first-call", "receive-messages", "evidence", "keys"):
        english, chinese = guide(name), guide(f"{name}.zh")
        headings = [len(re.findall(r"^#+ ", text, re.MULTILINE)) for text in (english, chinese)]
        assert headings[0] == headings[1], name
