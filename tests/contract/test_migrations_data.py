"""Migrations on real databases: they may run again, and it is known whether one is missing."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

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


_HISTORY = """
INSERT INTO ledger_leaf (id, at, kind, commitment, place, subject, salt, facts) VALUES
('A', '2026-11-23 02:00:00', 'consent.given', 'aa01', 0, 'S', {salt}, '{{"purpose":"P1"}}'),
('B', '2026-11-23 02:00:01', 'consent.given', 'aa02', 1, NULL, NULL, NULL),
('C', '2026-11-23 02:00:02', 'consent.given', 'aa03', NULL, 'S', {salt}, '{{"purpose":"P2"}}');
INSERT INTO ledger_node (level, place, hash) VALUES
(0, 0, {salt}), (1, 0, {salt}), (3, 0, {salt}), (4, 0, {salt}), (8, 0, {salt});
"""


def test_leaves_go_into_line_with_all_they_say_and_stay_guarded(empty: str) -> None:
    command.upgrade(migrate._config(empty), "0013")
    engine = sa.create_engine(empty)
    salt = "x'01'" if engine.dialect.name == "sqlite" else "'\\x01'"
    with engine.begin() as connection:
        for statement in filter(str.strip, _HISTORY.format(salt=salt).split(";")):
            connection.exec_driver_sql(statement)

    migrate.upgrade(empty)

    with engine.connect() as connection:
        say = connection.exec_driver_sql
        line = say("SELECT place, id, commitment, subject, salt FROM ledger_line ORDER BY place")
        assert [tuple(row) for row in line] == [
            (0, "A", b"\xaa\x01", "S", b"\x01"),
            (1, "B", b"\xaa\x02", None, None),
        ]
        assert "P1" in str(say("SELECT facts FROM ledger_line WHERE id = 'A'").scalar())
        waits = say("SELECT id, commitment, subject, facts FROM ledger_leaf").one()
        assert (waits[0], waits[1], waits[2]) == ("C", b"\xaa\x03", "S")
        assert "P2" in str(waits[3])
        nodes = say("SELECT level FROM ledger_node ORDER BY level").scalars().all()
        assert nodes == [4, 8]
    for table in ("ledger_leaf", "ledger_line", "ledger_node"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="only grows"),
            engine.begin() as connection,
        ):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    engine.dispose()


_RELEASES = """
INSERT INTO recipient (id, kind, enterprise, contract, standing, since) VALUES
('R', 'DEVELOPER', 'E', 'C', 'ACTIVE', '2026-11-23 02:00:00');
INSERT INTO provision (id, recipient, items, purpose, basis, clause, notice, case_ref, state,
since, until, leaf) VALUES ('P', 'R', '["DI-66"]', 'P6', 'CONTRACT', '2.3', 'n', 'C', 'ACTIVE',
'2026-11-23 02:00:00', '2027-11-23 02:00:00', 'L');
INSERT INTO data_release (id, provision, subject, ref, items, via, request, at, leaf) VALUES
('A', 'P', 'S', NULL, 'DI-05,DI-66', 'open.a', 'Q', '2026-11-23 02:00:00', 'L'),
('B', 'P', NULL, 'aa01aa01aa01aa01aa01aa01aa01aa01', 'DI-66', 'open.a', 'Q',
'2026-11-23 02:00:00', 'L');
"""


def test_releases_keep_their_ids_and_their_people(empty: str) -> None:
    command.upgrade(migrate._config(empty), "0016")
    engine = sa.create_engine(empty)
    with engine.begin() as connection:
        for statement in filter(str.strip, _RELEASES.split(";")):
            connection.exec_driver_sql(statement)

    migrate.upgrade(empty)

    with engine.connect() as connection:
        say = connection.exec_driver_sql
        kept = say("SELECT id, provision, items, via, request, leaf FROM data_release ORDER BY id")
        assert [tuple(row) for row in kept] == [
            ("A", "P", "DI-05,DI-66", "open.a", "Q", "L"),
            ("B", "P", "DI-66", "open.a", "Q", "L"),
        ]
        assert say("SELECT subject, release FROM data_release_subject").all() == [("S", "A")]
        [(ref, release)] = say("SELECT ref, release FROM data_release_ref").all()
        assert (bytes(ref).hex(), release) == ("aa01" * 8, "B")
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


def test_lines_of_the_access_log_stay_and_are_found_by_their_apps(empty: str) -> None:
    command.upgrade(migrate._config(empty), "0017")
    engine = sa.create_engine(empty)
    line = "('{}', '2026-11-23 02:00:00', '{}', 'open.item.get', 'GET', '', 'G', 1, '', 1, 1, 1)"
    lines = ", ".join(line.format(*one) for one in (("C", "A2"), ("A", "A1"), ("B", "")))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO api_call VALUES {lines}")  # noqa: S608 - our own

    migrate.upgrade(empty)

    with engine.connect() as connection:
        say = connection.exec_driver_sql
        assert list(say("SELECT request FROM api_call ORDER BY 1").scalars()) == ["A", "B", "C"]
        trail = say("SELECT app, request FROM api_trail ORDER BY app")
        assert [tuple(row) for row in trail] == [("A1", "A"), ("A2", "C")]
        seen = sa.inspect(engine)
        assert seen.get_indexes("api_call") == []
        assert seen.get_pk_constraint("api_call")["constrained_columns"] == ["request"]
    engine.dispose()
