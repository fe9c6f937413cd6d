"""The history of the schema: one line, named by its rooms, ending in the tables of the house."""

import ast
import re
from pathlib import Path

import pytest

from tests.blank import blank
from tools import migration

VERSIONS = sorted((Path(__file__).parents[2] / "migrations/versions").glob("*.py"))
_NAME = re.compile(r"(\d{4})_([a-z]+)_[a-z0-9_]+")
_ROOMS = {path.name for path in (Path(__file__).parents[2] / "src/shouyue").glob("*/*/")}


def test_the_history_ends_in_the_tables_of_the_house(database: str, tmp_path: Path) -> None:
    with blank(database, tmp_path) as empty:
        assert migration.differences(empty) == []


def test_the_history_is_one_line() -> None:
    befores = [_said(path, "down_revision") for path in VERSIONS]
    numbers = [_said(path, "revision") for path in VERSIONS]

    assert numbers == [f"{place:04d}" for place in range(1, len(VERSIONS) + 1)]
    assert befores == [None, *numbers[:-1]]


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_is_named_by_number_room_and_deed(path: Path) -> None:
    found = _NAME.fullmatch(path.stem)

    assert found
    assert found[1] == _said(path, "revision")
    assert found[2] in _ROOMS | {"rooms"}, "a migration of several rooms is named `rooms`"


def _said(path: Path, name: str) -> str | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value = ast.literal_eval(node.value)
            return None if value is None else str(value)
    raise AssertionError(f"{path.name} does not say its {name}")
