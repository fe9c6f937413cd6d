"""Many rows of one table by few statements: for what is written hundreds of times a second.

The driver lets other threads in after each statement, and may wait long for its turn to come
back; so a statement holds up to 128 rows. Above sixteen their number is a power of two, so that the
database keeps some statements ready and not one for each size of a group.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from shouyue.ground.store.session import Session

_MOST = 128
_FEW = 16
_Change = Callable[[Any], Any] | None


class Bulk:
    """Inserts rows, given as tuples in the order of `columns`, into one table."""

    def __init__(self, table: sa.FromClause, columns: Sequence[str], met: str = "") -> None:
        """Write these columns; `met` is ON CONFLICT and RETURNING, as both databases have them."""
        self._table = table.name  # type: ignore[attr-defined]  # a mapped class names a Table
        self._columns = [table.c[name] for name in columns]
        self._met, self._returns = met, "RETURNING" in met

    def __call__(self, db: Session, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Insert rows in the caller's transaction; return what they return, as the driver does."""
        dialect = db.unit.dialect
        spelled = _spelled(rows, self._changes(dialect))
        returned: list[Any] = []
        at, size = 0, _MOST
        while at < len(rows):
            while size > len(rows) - at:
                size = size // 2 if size > _FEW else len(rows) - at
            part = tuple(chain.from_iterable(spelled[at : at + size]))
            cursor = db.unit.say(self._statement(dialect, size), part)
            if self._returns:
                returned += cursor.fetchall()
            at += size
        return returned

    @lru_cache(maxsize=256)  # noqa: B019 - as below
    def _changes(self, dialect: Dialect) -> tuple[_Change, ...]:
        return tuple(_change(column.type, dialect) for column in self._columns)

    @lru_cache(maxsize=256)  # noqa: B019 - one for each table, as long as the process lives
    def _statement(self, dialect: Dialect, size: int) -> str:
        names = ", ".join(map(dialect.identifier_preparer.format_column, self._columns))
        mark = "?" if dialect.paramstyle == "qmark" else "%s"
        row = f"({', '.join([mark] * len(self._columns))})"
        table = dialect.identifier_preparer.quote(self._table)
        return f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * size)} {self._met}"  # noqa: S608 - no value in it


def _change(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> _Change:
    if isinstance(kind, sa.LargeBinary):
        return None  # both drivers take bytes as they are
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _spelled(
    rows: Sequence[tuple[Any, ...]], changes: Sequence[_Change]
) -> Sequence[Iterable[Any]]:
    """Return the rows as the driver wants them; most columns go as they are."""
    wanted = [(at, change) for at, change in enumerate(changes) if change is not None]
    if not wanted:
        return rows
    found = [list(row) for row in rows]
    for at, change in wanted:
        value, spelling = None, change(None)
        for row in found:
            if row[at] is not value:  # rows written together often share a moment
                value, spelling = row[at], change(row[at])
            row[at] = spelling
    return found
