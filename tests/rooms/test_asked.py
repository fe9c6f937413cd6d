"""What is asked in every act: compiled once, spoken to the driver, the same on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.store.asked import Asked, among
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import Session
from tests.house import MONDAY, House

_JOBS = JobRow.metadata.tables[JobRow.__tablename__]
_NAMES = ("id", "name", "subject", "args", "due", "state", "attempt", "failed", "last_error")
_add = Bulk(_JOBS, _NAMES)
_these = Asked(sa.select(_JOBS).where(among(_JOBS.c.name, "names")).order_by(_JOBS.c.id))
_move = Asked(
    sa.update(_JOBS)
    .where(among(_JOBS.c.id, "ids"))
    .values(attempt=sa.bindparam("now"))
    .returning(_JOBS.c.id, _JOBS.c.attempt)
)
_drop = Asked(sa.delete(_JOBS).where(_JOBS.c.name == sa.bindparam("name")))


def write(db: Session, *names: str) -> None:
    rows = [(name, name, "", {"n": [1, None]}, MONDAY, "waiting", 0, 0, "") for name in names]
    _add(db, rows)


def names(rows: list[Any]) -> list[str]:
    return [row.name for row in rows]


def test_rows_come_as_the_mapper_would_give_them(house: House) -> None:
    with house.store.begin() as db:
        write(db, "a")
    with house.store.read() as db:
        row = _these(db, names=["a"])[0]
        mapped = db.get_one(JobRow, "a")
    assert row == tuple(getattr(mapped, column.name) for column in _JOBS.c)
    assert (row.args, row.due, row.lease_until) == ({"n": [1, None]}, MONDAY, None)


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_one_statement_asks_for_any_number_of_values(house: House, count: int) -> None:
    asked = [f"job-{number:04}" for number in range(count)]
    with house.store.begin() as db:
        write(db, *asked, "another")
        assert names(_these(db, names=asked)) == asked


def test_a_value_is_a_value_whatever_it_spells(house: House) -> None:
    odd = ["a,b", '"', "'; --", "{}", "[]", "%s", "中"]
    with house.store.begin() as db:
        write(db, *odd)
        assert sorted(names(_these(db, names=odd))) == sorted(odd)
        assert names(_these(db, names=["a"])) == []


def test_what_changes_rows_returns_them_or_nothing(house: House) -> None:
    with house.store.begin() as db:
        write(db, "a", "b")
        assert [tuple(row) for row in _move(db, ids=["b", "c"], now=7)] == [("b", 7)]
        assert _drop(db, name="a") == []
        assert names(_these(db, names=["a", "b"])) == ["b"]


def test_the_mapper_and_the_driver_work_in_one_transaction(house: House) -> None:
    with house.store.begin() as db:
        write(db, "spoken")
        assert db.get_one(JobRow, "spoken").attempt == 0
        db.add(JobRow(id="mapped", name="mapped", args={}, due=MONDAY))
        db.flush()
        assert names(_these(db, names=["mapped", "spoken"])) == ["mapped", "spoken"]
    with house.store.read() as db:
        assert len(_these(db, names=["mapped", "spoken"])) == 2


def test_an_error_is_that_of_every_other_statement_and_undoes_the_unit(house: House) -> None:
    with pytest.raises(IntegrityError) as caught, house.store.begin() as db:
        write(db, "once")
        write(db, "once")
    assert caught.value.hide_parameters
    with house.store.read() as db:
        assert _these(db, names=["once"]) == []


def test_what_a_savepoint_takes_back_is_gone_for_the_driver_too(house: House) -> None:
    with house.store.begin() as db:
        write(db, "stays")
        with pytest.raises(IntegrityError), db.begin_nested():
            write(db, "goes")
            write(db, "stays")
        assert names(_these(db, names=["stays", "goes"])) == ["stays"]
    with house.store.read() as db:
        assert names(_these(db, names=["stays", "goes"])) == ["stays"]


def test_who_listens_to_statements_hears_these(house: House) -> None:
    heard: list[str] = []

    def hear(*told: Any) -> None:
        heard.append(told[2])

    sa.event.listen(house.store.engine, "before_cursor_execute", hear)
    try:
        with house.store.begin() as db:
            write(db, "a")
            _drop(db, name="a")
    finally:
        sa.event.remove(house.store.engine, "before_cursor_execute", hear)
    assert [words.split()[0] for words in heard] == ["INSERT", "DELETE"]


def test_a_unit_that_only_reads_cannot_write_this_way_either(house: House) -> None:
    with pytest.raises(sa.exc.DBAPIError), house.store.read() as db:
        _drop(db, name="a")
