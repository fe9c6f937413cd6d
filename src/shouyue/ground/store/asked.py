"""Statements that are asked in every act: compiled once, and spoken to the driver itself.

SQLAlchemy writes them for both databases; what it does at each execution costs more than most
statements take. Whoever listens to statements hears these too, and their errors are the same.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles

from shouyue.ground.store.session import ReadSession

Change = Callable[[Any], Any]


class Asked:
    """A SELECT, or another statement with or without RETURNING, whose parameters have names.

    It does not flush what the session holds: rows of the mapper are flushed by who adds them.
    """

    def __init__(self, statement: sa.Select[Any] | sa.CompoundSelect[Any] | sa.UpdateBase) -> None:
        """Compile nothing yet; each database gets its own words the first time."""
        self._statement = statement
        self._spoken: dict[str, _Spoken] = {}

    def __call__(self, db: ReadSession, **told: Any) -> list[Any]:
        """Return the rows, by the names of their columns; none of a statement without rows."""
        spoken, part = self._say(db, told)
        cursor = db.unit.say(spoken.words, part)
        if spoken.row is None:
            return []
        found = cursor.fetchall()
        if spoken.reads:
            found = [_read(row, spoken.reads) for row in found]
        return list(map(spoken.row, found))

    def parts(self, db: ReadSession, most: int, **told: Any) -> Iterator[Sequence[Any]]:
        """Yield the rows of a SELECT as the driver has them, without names, so many at a time."""
        spoken, part = self._say(db, told)
        return db.unit.parts(spoken.words, part, most)

    def _say(self, db: ReadSession, told: Mapping[str, Any]) -> tuple["_Spoken", Any]:
        dialect = db.unit.dialect
        spoken = self._spoken.get(dialect.name) or self._learn(dialect)
        values = {**spoken.given, **told}
        for name, change in spoken.changes:
            values[name] = change(values[name])
        return spoken, [values[name] for name in spoken.order] if spoken.order else values

    def _learn(self, dialect: Dialect) -> "_Spoken":
        words = self._statement.compile(dialect=dialect)
        returned = list(self._statement.exported_columns)
        row = namedtuple("Row", [column.name for column in returned])  # type: ignore[misc]  # noqa: PYI024 - as the statement has them
        changes = {name: _change(bind.type, dialect) for name, bind in words.binds.items()}
        reads = [column.type.dialect_impl(dialect) for column in returned]
        spoken = _Spoken(
            str(words),
            tuple(words.positiontup or ()),
            dict(words.params),
            tuple((name, change) for name, change in changes.items() if change),
            row._make if returned else None,
            tuple(
                (at, read)
                for at, kind in enumerate(reads)
                if (read := kind.result_processor(dialect, None))
            ),
        )
        self._spoken[dialect.name] = spoken
        return spoken


@dataclass(frozen=True, slots=True)
class _Spoken:
    words: str
    order: tuple[str, ...]
    given: Mapping[str, Any]
    changes: tuple[tuple[str, Change], ...]
    row: Change | None
    reads: tuple[tuple[int, Change], ...]


def among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Return that a column is one of the texts in a list parameter: the same words for any count.

    An IN with as many marks as there are values is another statement for each number of them.
    """
    return _Among(column, name)


class _Among(sa.ColumnElement[bool]):
    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any], name: str) -> None:
        self.type = sa.Boolean()
        self.column, self.name = column, name


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: Any, **words: Any) -> str:
    mark: sa.BindParameter[Any] = sa.bindparam(element.name, type_=postgresql.ARRAY(sa.String))
    column = compiler.process(element.column, **words)
    return f"{column} = ANY ({compiler.process(mark, **words)})"


@compiles(_Among, "sqlite")
def _each(element: _Among, compiler: Any, **words: Any) -> str:
    mark: sa.BindParameter[Any] = sa.bindparam(element.name, type_=sa.JSON())
    column = compiler.process(element.column, **words)
    each = compiler.process(mark, **words)
    return f"{column} IN (SELECT value FROM json_each({each}))"  # noqa: S608 - no value in it


def _change(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _read(row: tuple[Any, ...], reads: tuple[tuple[int, Change], ...]) -> list[Any]:
    found = list(row)
    for at, read in reads:
        found[at] = read(found[at])
    return found
