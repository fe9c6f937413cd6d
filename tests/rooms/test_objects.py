from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from shouyue.ground.store.errors import ObjectAbsent, ObjectExists, ObjectTooLarge
from shouyue.ground.store.objects import ObjectStore, folder, memory
from tests.house import House

NAME = "vault/" + "0" * 25 + "A"
OTHER = "vault/" + "0" * 25 + "B"


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return folder(tmp_path / "objects") if request.param == "folder" else memory()


def test_what_was_put_is_got(objects: ObjectStore) -> None:
    objects.put(NAME, b"sealed")
    assert objects.get(NAME) == b"sealed"


def test_an_object_is_never_overwritten(objects: ObjectStore) -> None:
    objects.put(NAME, b"first")
    with pytest.raises(ObjectExists):
        objects.put(NAME, b"second")
    assert objects.get(NAME) == b"first"


def test_a_deleted_object_is_absent_and_may_be_deleted_again(objects: ObjectStore) -> None:
    objects.put(NAME, b"sealed")
    objects.delete(NAME)
    objects.delete(NAME)
    with pytest.raises(ObjectAbsent):
        objects.get(NAME)


def test_many_are_deleted_at_once_also_where_one_is_absent(objects: ObjectStore) -> None:
    objects.put(NAME, b"sealed")
    objects.put(OTHER, b"sealed")
    objects.delete_all(["vault/" + "0" * 25 + "C", NAME, OTHER])
    objects.delete_all([])
    for name in (NAME, OTHER):
        with pytest.raises(ObjectAbsent):
            objects.get(name)


def test_content_above_the_cap_is_refused_and_leaves_nothing() -> None:
    objects = memory(cap=4)
    with pytest.raises(ObjectTooLarge) as refusal:
        objects.put(NAME, b"12345")
    assert "4" in refusal.value.say("zh")
    with pytest.raises(ObjectAbsent):
        objects.get(NAME)


@pytest.mark.parametrize("name", ["../etc/passwd", "vault/张三", "vault/../" + "0" * 26, ""])
def test_a_name_that_means_something_is_refused(objects: ObjectStore, name: str) -> None:
    with pytest.raises(ValueError, match="a shelf and an id"):
        objects.put(name, b"sealed")


def test_names_tell_a_shelf_and_an_age(objects: ObjectStore) -> None:
    objects.put(NAME, b"sealed")
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert list(objects.names("vault", soon)) == [NAME]
    assert list(objects.names("other", soon)) == []
    assert list(objects.names("vault", soon - timedelta(days=1))) == []


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder(tmp_path / "objects")
    assert (tmp_path / "objects").stat().st_mode & 0o777 == 0o700


def test_a_rollback_takes_back_what_was_put(house: House) -> None:
    with pytest.raises(ZeroDivisionError), house.store.begin() as db:
        db.objects.put(NAME, b"sealed")
        raise ZeroDivisionError
    with pytest.raises(ObjectAbsent):
        house.objects.get(NAME)


def test_a_failing_flush_takes_back_what_was_put(house: House) -> None:
    with pytest.raises(sa.exc.DBAPIError), house.store.begin() as db:
        db.objects.put(NAME, b"sealed")
        db.execute(sa.text("INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(ObjectAbsent):
        house.objects.get(NAME)


def test_a_commit_keeps_what_was_put(house: House) -> None:
    with house.store.begin() as db:
        db.objects.put(NAME, b"sealed")
    with house.store.read() as reading:
        assert reading.objects.get(NAME) == b"sealed"


def test_a_deletion_waits_for_the_commit(house: House) -> None:
    house.objects.put(NAME, b"sealed")
    with house.store.begin() as db:
        db.objects.delete(NAME)
        assert house.objects.get(NAME) == b"sealed"
        with pytest.raises(ObjectAbsent):
            db.objects.get(NAME)
    with pytest.raises(ObjectAbsent):
        house.objects.get(NAME)


def test_a_rollback_spares_what_was_to_be_deleted(house: House) -> None:
    house.objects.put(NAME, b"sealed")
    with house.store.begin() as db:
        db.objects.delete(NAME)
        db.objects.put(OTHER, b"new")
        db.rollback()
    assert house.objects.get(NAME) == b"sealed"
    with pytest.raises(ObjectAbsent):
        house.objects.get(OTHER)
