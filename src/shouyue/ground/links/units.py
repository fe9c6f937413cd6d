"""One transaction on one connection of the pool: as the driver sees it, and as SQLAlchemy does.

Most units of work speak to the driver alone and need nothing else of SQLAlchemy. Its connection
is put around the same transaction when the mapper asks for it, or somebody listens.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.pool import PoolProxiedConnection

_SQLITE = {
    True: ("PRAGMA query_only=OFF", "BEGIN IMMEDIATE"),
    False: ("PRAGMA query_only=ON", "BEGIN"),
}
"""What begins a transaction on SQLite, by whether it may write."""


class Unit:
    """Takes a connection when first spoken to, and gives it back at the end."""

    def __init__(self, engine: Engine, *, write: bool) -> None:
        """Take nothing yet."""
        self.dialect = engine.dialect
        self._engine, self._write = engine, write
        self._held: PoolProxiedConnection | None = None
        self._cursor: Any = None
        self._lists = 0
        self._seen: Connection | None = None

    def say(self, words: str, part: Any) -> Any:
        """Execute a statement and return the driver's cursor; raises what SQLAlchemy would."""
        cursor = self._cursor or self._open().cursor()
        self._cursor = cursor
        heard = self._engine.dispatch.before_cursor_execute
        if heard:
            heard(self.connection(), cursor, words, part, None, False)  # noqa: FBT003 - SQLAlchemy's
        try:
            cursor.execute(words, part)
        except self.dialect.loaded_dbapi.Error as error:
            raise failed(self.dialect, self._held, error, words) from error
        return cursor

    def parts(self, words: str, part: Any, most: int) -> Iterator[Sequence[Any]]:
        """Execute a SELECT and yield its rows, so many at a time: all may be more than memory.

        Other statements may be said in between. What is not read to its end ends with the unit.
        """
        if self.dialect.name == "sqlite":
            cursor, self._cursor = self.say(words, part), None  # who speaks next has another
            while rows := cursor.fetchmany(most):
                yield rows
            return
        self._lists += 1
        name = f"list_{self._lists}"
        self.say(f"DECLARE {name} NO SCROLL CURSOR FOR {words}", part)
        while rows := self.say(f"FETCH FORWARD {most} FROM {name}", None).fetchall():
            yield rows

    def connection(self) -> Connection:
        """Return SQLAlchemy's connection, in the transaction of this unit."""
        if self._seen is None:
            self._seen = Connection(self._engine, self._open())
            self._seen.begin()
        return self._seen

    def commit(self) -> None:
        """Commit, and give the connection back."""
        if self._held is None:
            return
        if self._engine.dispatch.commit:
            self.connection()
        try:
            if self._seen is not None:
                self._seen.commit()
            else:
                self._held.commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise failed(self.dialect, self._held, error, "COMMIT") from error
        self.close()

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        held, seen = self._held, self._seen
        self._held = self._cursor = self._seen = None
        if seen is not None:
            seen.rollback()  # closing alone leaves a transaction open whose commit was stopped
            seen.close()
        elif held is not None:
            held.close()

    def _open(self) -> PoolProxiedConnection:
        if self._held is None:
            self._held = self._engine.raw_connection()
            begin(self.dialect, self._held, write=self._write)
        return self._held


def begin(dialect: Dialect, held: PoolProxiedConnection, *, write: bool) -> None:
    """Begin a transaction where none has begun; raises what SQLAlchemy would."""
    link: Any = held.dbapi_connection
    if dialect.name != "sqlite":
        link.start(write=write)
    elif not link.in_transaction:
        try:
            for words in _SQLITE[write]:
                link.execute(words)
        except dialect.loaded_dbapi.Error as error:
            raise failed(dialect, held, error, "BEGIN") from error


def failed(
    dialect: Dialect, held: PoolProxiedConnection | None, error: Exception, words: str
) -> Exception:
    """Return SQLAlchemy's error for the driver's; a lost connection goes out of the pool."""
    lost = held is not None and dialect.is_disconnect(error, held, None)  # type: ignore[arg-type]
    if held is not None and lost:
        held.invalidate(error)
    told: Any = sa.exc.DBAPIError.instance  # its overloads know no plain exception
    found: Exception = told(
        words,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return found
