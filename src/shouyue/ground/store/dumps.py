"""Write one consistent state of the database to files, and put it back into an empty one.

SQLite: the database's own online backup, within the reader's transaction. PostgreSQL: COPY of each
table in the reader's snapshot; needs no superuser and no second program. Tables are read off the
catalogue, so a new room's tables are taken without being named here.
"""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store import migrate
from shouyue.ground.store.session import ReadSession, Session

FILE = "database.sqlite"
_ROWS, _COLUMNS = "rows", "columns.json"
PARTS = (FILE, f"{FILE}-journal", _ROWS)
"""What there may be of a dump, whole or not, in its folder."""

_REVISION = "alembic_version"
_BLOCK = 1 << 20


def write(db: ReadSession, folder: Path) -> str:
    """Write the state that `db` sees into a folder and return its schema's revision.

    Raises OSError, also for what the database's driver has to say.
    """
    connection = db.connection()
    revision = migrate.revision(connection)
    try:
        if connection.dialect.name == "sqlite":
            _back_up(db, folder / FILE)
        else:
            _copy_out(db, folder / _ROWS)
    except connection.dialect.loaded_dbapi.Error as error:
        raise trouble(error) from None
    return revision


def trouble(error: BaseException) -> OSError:
    """Return what the driver means in the words of the system; it may quote a row, and that stays.

    SQLite says by a name of its own that the disk is full: https://www.sqlite.org/rescode.html.
    """
    said = str(getattr(error, "sqlite_errorname", type(error).__name__))
    if said == "SQLITE_FULL":
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return OSError(errno.EIO, f"{os.strerror(errno.EIO)}, {said}")


def object_names(db: ReadSession) -> Iterator[str]:
    """Yield the names of all objects that rows of this state name."""
    for table in _tables(db.connection()):
        if "object_name" in table.c:
            named = sa.select(table.c.object_name).where(table.c.object_name.is_not(None))
            yield from db.scalars(named.order_by(table.c.object_name))


def is_empty(connection: sa.Connection) -> bool:
    """Tell whether there is no row of the house."""
    return not any(
        connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1))
        for table in _tables(connection)
    )


def place(folder: Path, target: Path) -> None:
    """Put the file of a SQLite dump at a place of its own."""
    for old in (
        target,
        target.with_name(f"{target.name}-wal"),
        target.with_name(f"{target.name}-shm"),
    ):
        old.unlink(missing_ok=True)
    shutil.copyfile(folder / FILE, target)
    target.chmod(0o600)


def load(db: Session, folder: Path) -> None:
    """Put the rows of a PostgreSQL dump into empty tables of the same schema."""
    from psycopg import sql  # noqa: PLC0415 - the driver comes with the extra `pg`

    named: dict[str, list[str]] = json.loads((folder / _ROWS / _COLUMNS).read_text("utf-8"))
    with _driver(db).cursor() as cursor:
        for name, columns in named.items():
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with (folder / _ROWS / name).open("rb") as file, cursor.copy(into) as copy:
                while block := file.read(_BLOCK):
                    copy.write(block)


def _back_up(db: ReadSession, file: Path) -> None:
    with closing(sqlite3.connect(file)) as copy:
        _driver(db).backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _copy_out(db: ReadSession, folder: Path) -> None:
    from psycopg import sql  # noqa: PLC0415 - as above

    folder.mkdir(mode=0o700)
    tables = {table.name: [column.name for column in table.c] for table in _tables(db.connection())}
    (folder / _COLUMNS).write_text(json.dumps(tables, indent=1), "utf-8")
    with _driver(db).cursor() as cursor:
        for name, columns in tables.items():
            out = sql.SQL("COPY {} ({}) TO STDOUT").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with (folder / name).open("wb") as file, cursor.copy(out) as copy:
                for block in copy:
                    file.write(block)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Return the tables of the database, those that others point to first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _REVISION]


def _driver(db: ReadSession) -> Any:
    return db.connection().connection.driver_connection
