"""Column types and the base of every table.

A table says whose rows it holds: `__subject__` names the column with the person's id, or is
None with `__why__` telling why no person is behind a row. Personal values live in the vault,
so elsewhere columns hold ids, states, times and digests only.

Each column says what it holds (clauses 2.0, 5.2). The types below say it for technical columns;
`info=holds(…)` names an item of the policy. A column that says nothing stops start-up, and so
does an item that the policy in force does not collect: `assembly.declared`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
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


_HOLDS, _SUBJECT = "holds", "subject"


class Holds(StrEnum):
    """What a technical column holds. The list is closed: anything else is an item of the policy."""

    ID = "id"
    """A random id, or a reference made of such: a row, a member of staff, a case."""
    WORD = "word"
    """A code of the house's or the operator's vocabulary: a state, a kind, an item's number."""
    FACTS = "facts"
    """Ids, words and numbers together."""
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    DAY = "day"
    DIGEST = "digest"
    SEALED = "sealed"
    """A ciphertext or a wrapped key."""
    PUBLIC = "public"
    """What proves something to strangers: a hash of the log, a signature, a public key."""
    TEXT = "text"
    """The house's or the operator's own words, the same for everybody."""
    ROW = "row"
    """The item that the row itself names in its column `item`, or that its key seals."""


class Table(DeclarativeBase):
    """The base of every table: singular noun, named constraints, a declared subject.

    `__item__` names the item of the policy that a row as a whole is; a table about people has one.
    """

    metadata = MetaData(naming_convention=_NAMES)
    __subject__: ClassVar[str | None] = None
    __why__: ClassVar[str] = ""
    __item__: ClassVar[str] = ""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Let the table itself say whose rows it holds, and which item a row is."""
        super().__init_subclass__(**keywords)
        said = {_HOLDS: cls.__item__, _SUBJECT: cls.__subject__}
        cls.metadata.tables[cls.__tablename__].info.update(said)


def holds(what: str) -> dict[str, Any]:
    """Return the `info` of a column that holds an item of the policy, by its number."""
    return {_HOLDS: what}


def told(place: Column[Any] | sa.Table) -> str:
    """Return what a column or table says it holds, an item's number or a kind; empty if silent."""
    if said := place.info.get(_HOLDS):
        return str(said)
    if isinstance(place, sa.Table):
        return ""
    # A reference is an id, whatever the type that it takes over from its target.
    return Holds.ID if place.foreign_keys else str(getattr(place.type, _HOLDS, ""))


def subject(table: sa.Table) -> str | None:
    """Return the column with the person's id, or None where no person is behind a row."""
    name: str | None = table.info.get(_SUBJECT)
    return name


class Id(String):
    """A random id, or a reference made of such."""

    holds = Holds.ID

    def __init__(self, length: int = 26) -> None:
        """Hold so many characters; an id of the house has 26."""
        super().__init__(length)


class Word(String):
    """A code out of the house's or the operator's vocabulary."""

    holds = Holds.WORD


class Digest(String):
    """A digest or a MAC, in hex or base64: nothing can be read off it."""

    holds = Holds.DIGEST

    def __init__(self, length: int = 64) -> None:
        """Hold so many characters; SHA-256 in hex has 64."""
        super().__init__(length)


class Prose(Text):
    """The house's or the operator's own words."""

    holds = Holds.TEXT


class Ciphertext(LargeBinary):
    """A sealed value or a wrapped key."""

    holds = Holds.SEALED


class Number(Integer):
    """A count, a version, a size, a code of a protocol."""

    holds = Holds.NUMBER


class BigNumber(BigInteger):
    """A number that may outgrow 32 bits."""

    holds = Holds.NUMBER


class Flag(Boolean):
    """Yes or no about a row of the house."""

    holds = Holds.FLAG


class Day(Date):
    """A day of the platform's calendar; nobody's birthday."""

    holds = Holds.DAY


class Instant(TypeDecorator[datetime]):
    """A moment: aware going in, aware UTC coming out, on every dialect."""

    holds = Holds.TIME
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


class _Facts(JSON):
    holds = Holds.FACTS


Json = _Facts().with_variant(JSONB(), "postgresql")
"""Ids, states, numbers: never a personal value."""
