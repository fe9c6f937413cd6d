from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

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
