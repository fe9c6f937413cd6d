"""Fixtures for all tests: a fresh database for each, on SQLite and on PostgreSQL.

`SHOUYUE_TEST_PG` names a PostgreSQL server (`postgresql+psycopg://user@host/database`) on which
the tests may create databases. `SHOUYUE_TEST_REQUIRE=postgres,chromium,clients,redis` turns the
skips for what is missing into failures.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from shouyue.ground.store import migrate
from shouyue.ground.store.session import Session
from tests.house import House, open_house

_REQUIRED = set(filter(None, os.environ.get("SHOUYUE_TEST_REQUIRE", "").split(",")))


# A shared machine is slow at times; a deadline would test the machine.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once for each reason how many tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]) for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


def missing(what: str, why: str) -> None:
    """Skip by name, or fail where the run requires it."""
    if what in _REQUIRED:
        pytest.fail(f"{what} is required: {why}")
    pytest.skip(f"no {what}: {why}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


# Emptying seventy small tables in one step, by a connection that stays, costs a fiftieth of copying
# a template database. What a test added goes; triggers that guard the ledger sleep for a replica.
_KEPT = """
    CREATE TEMP TABLE schema_as_it_was AS
    SELECT tablename FROM pg_tables WHERE schemaname = 'public'
"""
_EMPTY = """
    DO $$ DECLARE name text; stays boolean; BEGIN
        FOR name, stays IN
            SELECT tablename, tablename IN (SELECT tablename FROM schema_as_it_was) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP
            EXECUTE CASE WHEN stays THEN 'DELETE FROM public.' ELSE 'DROP TABLE public.' END
                || quote_ident(name);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def postgres(worker_id: str) -> Iterator[tuple[str, Callable[[], object]] | None]:
    """A migrated PostgreSQL database and what empties it, or None where there is no server."""
    server = os.environ.get("SHOUYUE_TEST_PG")
    if not server:
        yield None
        return
    name = f"shouyue_test_{_run(worker_id)}"
    _recreate(server, name)
    migrate.upgrade(_named(server, name))
    address = _named(server, name)
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql(_KEPT)
        yield address, lambda: connection.exec_driver_sql(_EMPTY)
    engine.dispose()
    _drop(server, name)


@pytest.fixture(params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> Iterator[str]:
    """The address of a fresh database with all tables."""
    if request.param == "sqlite":
        copy = tmp_path / "shouyue.db"
        shutil.copyfile(sqlite_template, copy)
        yield f"sqlite:///{copy}"
        return
    found = request.getfixturevalue("postgres")
    if found is None:
        missing("postgres", "SHOUYUE_TEST_PG is not set")
    address, empty = found
    empty()
    yield address


@pytest.fixture
def house(database: str) -> Iterator[House]:
    """A house on a fresh database."""
    with open_house(database) as opened:
        yield opened


@pytest.fixture
def db(house: House) -> Iterator[Session]:
    """One unit of work on a fresh database; never committed."""
    with house.store.begin() as session:
        yield session
        session.rollback()


def _run(worker: str) -> str:
    # Two test runs on one server keep apart by this name.
    return f"{os.environ.get('SHOUYUE_TEST_DB', 'main')}_{worker}"


def _named(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _drop(server: str, name: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    engine.dispose()


def _recreate(server: str, name: str) -> None:
    _drop(server, name)
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
