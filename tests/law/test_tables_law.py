"""Laws of the tables: each says whose rows it holds, and no personal value has a column."""

import re
from pathlib import Path

import pytest

from shouyue.assembly import declared
from shouyue.ground.store.columns import Holds, Table, told
from shouyue.privacy.policy import service as policy

PERSONAL = re.compile(
    r"(^|_)(e?mail|phone|mobile|name|nickname|ip|address|birth|birthday|tax|id_number|avatar)($|_)"
)
ALLOWED = {
    # table.column: why the word is harmless there
    "job.name": "the name of a kind of work",
    "sealed_document.object_name": "an opaque id in the object store",
    "custody_value.object_name": "an opaque id in the object store",
}
_ROOT = Path(__file__).parents[2]


def tables() -> list[type[Table]]:
    declared.tables()  # imports every room's
    return [mapper.class_ for mapper in Table.registry.mappers]


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__tablename__)
def test_a_table_says_whose_rows_it_holds(table: type[Table]) -> None:
    columns = table.__table__.columns
    if "__subject__" in vars(table) and table.__subject__ is not None:
        assert table.__subject__ in columns
    else:
        assert table.__why__, f"{table.__name__} names no subject and gives no reason"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__tablename__)
def test_every_column_says_what_it_holds(table: type[Table]) -> None:
    collected = {rule.id.value for rule in policy.active().items.values() if rule.collected}
    lawful = collected | {kind.value for kind in Holds}
    columns = Table.metadata.tables[table.__tablename__].columns
    silent = [column.name for column in columns if told(column) not in lawful]
    assert not silent, "take a type of ground.store.columns, or name an item: info=holds(Item.…)"
    if table.__subject__ is not None:
        assert table.__item__ in lawful, "a table about people names the item that a row is"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__tablename__)
def test_no_column_is_named_like_a_personal_value(table: type[Table]) -> None:
    found = {
        f"{table.__tablename__}.{column.name}"
        for column in table.__table__.columns
        if PERSONAL.search(column.name)
    }
    assert found <= ALLOWED.keys()


def test_every_exemption_is_used() -> None:
    real = {f"{t.__tablename__}.{c.name}" for t in tables() for c in t.__table__.columns}
    assert ALLOWED.keys() <= real


def test_migrations_import_nothing_of_the_house() -> None:
    for path in (_ROOT / "migrations").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) shouyue", text, re.MULTILINE), path
