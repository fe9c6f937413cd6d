"""Migrations on real databases: they may run again, and it is known whether one is missing."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from shouyue.ground.store import migrate
from tests.blank import blank


@pytest.fixture
def empty(database: str, tmp_path: Path) -> Iterator[str]:
    """A database without a table, on each dialect."""
    with blank(database, tmp_path) as address:
        yield address


def tables(url: str) -> dict[str, list[str]]:
    """The columns of each table that a database has."""
    engine = sa.create_engine(url)
    seen = sa.inspect(engine)
    found = {name: [c["name"] for c in seen.get_columns(name)] for name in seen.get_table_names()}
    engine.dispose()
    return found


def test_an_empty_database_lacks_the_history(empty: str) -> None:
    assert migrate.pending(empty)


def test_an_upgraded_database_lacks_nothing(empty: str) -> None:
    migrate.upgrade(empty)

    assert not migrate.pending(empty)


def test_upgrading_twice_changes_nothing(empty: str) -> None:
    migrate.upgrade(empty)
    once = tables(empty)

    migrate.upgrade(empty)

    assert tables(empty) == once
    assert "job" in once


def test_rows_survive_a_second_upgrade(empty: str) -> None:
    migrate.upgrade(empty)
    engine = sa.create_engine(empty)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO access_version (id, number) VALUES (1, 7)"))

    migrate.upgrade(empty)

    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT number FROM access_version")).scalar() == 7
    engine.dispose()


def test_an_upgrade_that_dies_in_the_middle_leaves_the_schema_that_was_there(empty: str) -> None:
    engine = sa.create_engine(empty)
    with engine.begin() as connection:  # what the history wants to make is in its way
        connection.execute(sa.text("CREATE TABLE push_event (id INTEGER)"))

    with pytest.raises(sa.exc.DBAPIError):
        migrate.upgrade(empty)

    assert set(tables(empty)) - {"alembic_version"} == {"push_event"}
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE push_event"))
    migrate.upgrade(empty)
    assert not migrate.pending(empty)
    engine.dispose()


def test_two_that_upgrade_at_once_do_it_once(empty: str) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for done in [pool.submit(migrate.upgrade, empty) for _ in range(2)]:
            done.result()

    assert not migrate.pending(empty)
