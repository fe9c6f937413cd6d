"""The project speaks of itself alone: no machine it was made on, no place where it was bought."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("src", "tests", "tools", "docs", "migrations", "benchmarks", "deploy", ".github")
KINDS = {".py", ".md", ".toml", ".html", ".js", ".cjs", ".css", ".yml", ".yaml", ".in", ".txt"}
SKIPPED = {
    # path: why it may say what others may not
    "tests/law/test_speech.py": "it names what is forbidden",
    "src/shouyue/doors/web/static/tabler.min.css": "not ours",
}
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:root|home|Users|work)/[\w.]+"),
    "a package host": re.compile(
        r"pythonhosted|pypi\.org/simple|--(?:extra-)?index-url|--find-links", re.IGNORECASE
    ),
    "a tool that wrote it": re.compile(
        r"\b(?:claude|anthropic|chatgpt|openai|copilot|language model|sub-?agent)\b", re.IGNORECASE
    ),
    "a workplace": re.compile(r"\b(?:coding session|this conversation|assistant)\b", re.IGNORECASE),
}


def files() -> list[Path]:
    """Everything that people write."""
    inner = [path for top in TOPS for path in (ROOT / top).rglob("*")]
    found = [path for path in [*ROOT.iterdir(), *inner] if path.is_file()]
    return sorted(
        path
        for path in found
        if path.suffix in KINDS | {""}
        and path.name != ".gitignore"
        and not {"node_modules", "__pycache__"} & set(path.parts)
        and path.relative_to(ROOT).as_posix() not in SKIPPED
    )


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_speaks_of_where_it_was_made(kind: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files()
        for match in FORBIDDEN[kind].finditer(path.read_text("utf-8", "replace"))
    ]

    assert found == []


def test_every_skip_is_used() -> None:
    for path in SKIPPED:
        text = (ROOT / path).read_text("utf-8")
        assert any(pattern.search(text) for pattern in FORBIDDEN.values()) or path.endswith(".css")
