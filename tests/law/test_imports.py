"""The import law: `.importlinter` holds, so `make test` knows it too."""

from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).parents[2]


def test_imports_go_down_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    broken = cli.lint_imports(config_filename=".importlinter", cache_dir=None)

    assert not broken, capsys.readouterr().out
