"""Moments as text in UTC, where a statement may have a million."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles


def spelled(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Return the moments of a column as text in UTC, for `moments` to read.

    That takes a third of what the driver and the column's type take, and there may be a million.
    """
    return _Spelled(column).label(getattr(column, "name", None))


def moments(texts: Iterable[str]) -> Iterator[datetime]:
    """Read what is `spelled`: aware, UTC."""
    return map(datetime.fromisoformat, [f"{text}+00:00" for text in texts])


class _Spelled(sa.ColumnElement[str]):
    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.type = sa.Text()
        self.column = column


@compiles(_Spelled, "postgresql")
def _without_zone(element: _Spelled, compiler: Any, **words: Any) -> str:
    column = compiler.process(element.column, **words)
    return f"CAST(timezone('UTC', {column}) AS TEXT)"


@compiles(_Spelled, "sqlite")
def _as_it_is(element: _Spelled, compiler: Any, **words: Any) -> str:
    return f"CAST({compiler.process(element.column, **words)} AS TEXT)"
