from contextlib import suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shouyue.ground.store import service
from tests.house import House


def test_a_reading_session_cannot_write(house: House) -> None:
    with house.store.read() as db, pytest.raises(sa.exc.DBAPIError):
        db.execute(sa.text("CREATE TABLE forbidden (id INTEGER)"))


def test_an_exception_undoes_the_whole_unit_of_work(house: House) -> None:
    with house.store.begin() as db:
        db.execute(sa.text("CREATE TABLE kept (id INTEGER)"))
    with pytest.raises(ZeroDivisionError), house.store.begin() as db:
        db.execute(sa.text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    with house.store.read() as db:
        assert db.execute(sa.text("SELECT count(*) FROM kept")).scalar_one() == 0


def test_a_session_reads_the_stopped_clock(house: House) -> None:
    with house.store.read() as db:
        assert db.clock() == datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_a_connection_that_died_while_it_rested_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    if house.store.engine.dialect.name != "postgresql":
        return  # a file has no connection that dies
    monkeypatch.setattr(service, "_RESTED", 0.0)
    with house.store.begin() as db:
        pid = db.scalar(sa.text("SELECT pg_backend_pid()"))
    killer = sa.create_engine(house.store.engine.url)
    with killer.begin() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    killer.dispose()
    with house.store.read() as db:
        assert db.scalar(sa.text("SELECT 1")) == 1


def test_a_look_leaves_the_statements_ready_that_the_server_keeps(house: House) -> None:
    """After a rollback psycopg would drop them all, and have the server drop them."""
    if house.store.engine.dialect.name != "postgresql":
        return
    ready = sa.text("SELECT count(*) FROM pg_prepared_statements")
    for _ in range(8):
        with house.store.read() as db:
            found = db.scalar(ready)
    assert found


def test_a_look_sees_one_state_and_its_end_keeps_nothing_open(house: House) -> None:
    with house.store.begin() as db:
        db.execute(sa.text("CREATE TABLE seen (id INTEGER)"))
    many = sa.text("SELECT count(*) FROM seen")
    with house.store.read() as looking:
        assert looking.scalar(many) == 0
        with house.store.begin() as db:
            db.execute(sa.text("INSERT INTO seen VALUES (1)"))
        assert looking.scalar(many) == 0
    with house.store.read() as looking:
        assert looking.scalar(many) == 1
    with house.store.begin() as db:  # waits for whoever still looks
        db.execute(sa.text("DROP TABLE seen"))


def test_a_connection_that_died_after_a_look_is_replaced(house: House) -> None:
    if house.store.engine.dialect.name != "postgresql":
        return
    with house.store.read() as db:
        pid = db.scalar(sa.text("SELECT pg_backend_pid()"))
    killer = sa.create_engine(house.store.engine.url)
    with killer.begin() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    killer.dispose()
    with suppress(sa.exc.OperationalError), house.store.begin() as db:
        db.scalar(sa.text("SELECT 1"))  # within a second nobody asks whether it lives
    with house.store.begin() as db:
        assert db.scalar(sa.text("SELECT 1")) == 1


def test_what_is_not_in_a_transaction_leaves_the_next_unit_in_its_own(house: House) -> None:
    if house.store.engine.dialect.name != "postgresql":
        return
    with house.store.engine.connect() as link:
        link.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("VACUUM job"))
    with house.store.read() as db:
        assert db.scalar(sa.text("SHOW transaction_isolation")) == "repeatable read"
        assert db.scalar(sa.text("SHOW transaction_read_only")) == "on"
    with house.store.begin() as db:
        assert db.scalar(sa.text("SHOW transaction_isolation")) == "read committed"
