"""Column types and the base of every table.

A table says whose rows it holds: `__subject__` names the column with the person's id, or is
None with `__why__` telling why no person is behind a row. Personal values live in the vault,
so elsewhere columns hold ids, states, times and digests only.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_NO_ZONE = len("2026-11-30 08:00:00.000000")
_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """The base of every table: singular noun, named constraints, a declared subject."""

    metadata = MetaData(naming_convention=_NAMES)
    __subject__: ClassVar[str | None] = None
    __why__: ClassVar[str] = ""


class Instant(TypeDecorator[datetime]):
    """A moment: aware going in, aware UTC coming out, on every dialect."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone, so it is taken off there."""
        if value is None:
            return None
        value = _utc(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Spell for SQLite what SQLAlchemy would, in less time: each line of a log has a moment."""
        return _spelled if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC)


def _spelled(value: datetime | None) -> str | None:
    return None if value is None else _utc(value).isoformat(" ", "microseconds")[:_NO_ZONE]


Json = JSON().with_variant(JSONB(), "postgresql")
"""Ids, states, numbers: never a personal value."""
