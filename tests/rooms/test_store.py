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
