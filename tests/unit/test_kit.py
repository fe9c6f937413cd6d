import errno
import sqlite3
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.errors import named
from shouyue.ground.kit.ids import maker
from tests.house import SeededDice, StoppedClock


def test_canonical_json_sorts_keys_and_keeps_chinese() -> None:
    assert (
        canonical({"b": [1, True, None], "a": "守约"}) == '{"a":"守约","b":[1,true,null]}'.encode()
    )


def test_canonical_json_refuses_floats() -> None:
    with pytest.raises(TypeError):
        canonical({"a": 1.5})  # type: ignore[dict-item]


def test_ids_are_26_characters_and_sort_by_time() -> None:
    clock = StoppedClock(datetime(2026, 1, 1, tzinfo=UTC))
    new_id = maker(clock, SeededDice())
    first = new_id()
    clock.forward(seconds=1)
    second = new_id()
    assert len(first) == len(second) == 26
    assert first < second


def test_ids_made_in_one_millisecond_are_all_different() -> None:
    new_id = maker(StoppedClock(), SeededDice())
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {len(one) for one in made} == {26}
    assert len({one[:10] for one in made}) == 1


def test_a_text_in_a_list_is_put_into_its_normal_form() -> None:
    assert canonical([["e\u0301", "a"], ["b", "c"]]) == '[["é","a"],["b","c"]]'.encode()


def test_an_error_is_named_with_its_cause_and_without_its_message() -> None:
    full = sqlite3.OperationalError("canary 13800001234")
    full.sqlite_errorname = "SQLITE_FULL"
    wrapped = sa.exc.OperationalError("INSERT", {"phone": "13800001234"}, full)
    assert named(wrapped) == "OperationalError: SQLITE_FULL"
    assert named(OSError(errno.ENOSPC, "x", "13800001234")) == "OSError: ENOSPC"
    assert named(ValueError("13800001234")) == "ValueError"
    assert named(FileNotFoundError()) == "FileNotFoundError"
