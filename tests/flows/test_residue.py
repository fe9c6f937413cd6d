"""The search for residue finds what is there: each spelling, freed pages, logs, rows."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from shouyue.assembly import residue
from shouyue.assembly.settings import Settings
from shouyue.assembly.spellings import spellings
from tests.drills import Site

pytestmark = pytest.mark.clause("5.1.1")

NAME, PHONE = "欧阳示例", "13812345678"


@pytest.mark.parametrize("value", [NAME, PHONE, "anna+x@example.com"])
def test_each_spelling_is_found_in_a_file_of_the_home(value: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, development=True)
    for name, forms in spellings(value).items():
        for form in forms:
            (tmp_path / "trace").write_bytes(b"before " + form + b" after")
            found = residue.search(settings, ["", value])
            assert name in {hit.spelling for hit in found.hits}
            assert {(hit.value, hit.where) for hit in found.hits} == {(2, f"{tmp_path.name}/trace")}


@pytest.mark.parametrize("before", [b"", b"a", b"ab"])
def test_a_value_within_a_longer_text_is_found_in_base64(before: bytes, tmp_path: Path) -> None:
    import base64

    whole = base64.b64encode(before + PHONE.encode() + b" and more")
    (tmp_path / "trace").write_bytes(whole)
    found = residue.search(Settings(home=tmp_path, development=True), [PHONE])
    assert [hit.spelling for hit in found.hits] == ["base64"]


def test_a_row_that_was_deleted_without_overwriting_is_found(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with sqlite3.connect(tmp_path / "home" / "shouyue.db") as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute("CREATE TABLE note (text TEXT)")
        careless.execute("INSERT INTO note VALUES (?)", (PHONE,))
        careless.commit()
        careless.execute("DELETE FROM note")
    careless.close()
    found = residue.search(Site(tmp_path).settings, [PHONE])
    assert [hit.where for hit in found.hits] == ["home/shouyue.db"]


def test_a_row_in_any_table_is_found_by_column(database: str, tmp_path: Path) -> None:
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE stray (told TEXT)"))
        connection.execute(sa.text("INSERT INTO stray VALUES (:told)"), {"told": f"to {PHONE}"})
    settings = Settings(home=tmp_path / "home", development=True, database=database)  # type: ignore[arg-type]
    hits = residue.search(settings, [PHONE]).hits
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE stray"))
    engine.dispose()
    assert "stray.told" in {hit.where for hit in hits}


def test_files_of_a_database_server_that_cannot_be_read_are_named(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No hit in what was not searched would be a promise."""
    monkeypatch.setattr(residue, "_readable", lambda _: False)
    settings = Settings(home=tmp_path / "home", development=True, database=database)  # type: ignore[arg-type]
    found = residue.search(settings, [PHONE])
    of_server = [Path(part).name for part in found.unread]
    if database.startswith("sqlite"):
        assert of_server == []
    else:
        assert (len(of_server), of_server[-1]) == (2, "pg_wal")


def test_a_value_that_chance_would_find_is_not_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lines"):
        residue.search(Settings(home=tmp_path, development=True), ["王五x"[:1]])


def test_the_shops_of_the_sandbox_are_allowed_in_development_alone(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").write_text(PHONE)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "sandbox.db").write_text(PHONE)
    found = residue.search(Settings(home=tmp_path, development=True), [PHONE])
    assert [hit.where for hit in found.hits] == [f"{tmp_path.name}/more/sandbox.db"]
    assert all(residue.ALLOWED.values())
