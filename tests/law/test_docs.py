"""The papers: links lead somewhere, the map is the house, decisions have their four parts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/**/*.md", "deploy/**/*.md")
    for path in ROOT.glob(pattern)
)
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_something_in_the_repository(page: Path) -> None:
    text = _CODE.sub("", _FENCE.sub("", page.read_text("utf-8")))
    targets = [found[1] or found[2] for found in _LINK.finditer(text)]
    local = [target.partition("#")[0] for target in targets if not _is_elsewhere(target)]

    assert [target for target in local if target and not (page.parent / target).exists()] == []


def test_the_map_names_every_room_and_no_other() -> None:
    rooms = {
        f"{path.parent.parent.name}.{path.parent.name}"
        for path in (ROOT / "src/shouyue").glob("*/*/__init__.py")
    }
    named = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", _text("HOUSE.md"), re.MULTILINE)

    assert sorted(named) == sorted(rooms)


def test_the_map_of_wings_names_every_room() -> None:
    for path in (ROOT / "src/shouyue").glob("*/*/__init__.py"):
        wing, room = path.parent.parent.name, path.parent.name
        row = re.search(rf"^\| `{wing}/` \|.*$", _text("HOUSE.md"), re.MULTILINE)
        assert row, wing
        assert re.search(rf"\b{room}\b", row[0]), f"{wing}.{room}"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_and_its_four_parts(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.startswith(f"# {page.stem[:4]} ")
    assert re.findall(r"^\*\*([A-Z][a-z]+)\.\*\*", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Rejected",
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(page.stem[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("room", ["hazmat", "vault", "oauth", "gateway", "egress"])
def test_a_dangerous_room_has_a_page_of_threats_that_names_real_files(room: str) -> None:
    text = _text(f"docs/threats/{room}.md")
    named = re.findall(r"`((?:src|tests|tools)/[\w/.]+)(?:::(\w+))?`", text)

    assert named
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in _text(path), test


def _is_elsewhere(target: str) -> bool:
    return target.startswith(("http://", "https://", "mailto:", "/"))


def _text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")
