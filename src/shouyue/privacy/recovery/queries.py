"""SQL of recovery. What rests on a key is read off the foreign keys, whatever room it is in."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store.columns import Table
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.recovery.tables import Restoration

_KEYS = "data_key"
_AT_ONCE = 400


def unfinished(db: ReadSession) -> Restoration | None:
    """Return the restore whose erasures have not been done again."""
    return db.scalars(sa.select(Restoration).where(Restoration.done_at.is_(None))).first()


def alive(db: Session, keys: Collection[str]) -> list[str]:
    """Return those of the keys that live, locked: who is destroying one is waited for."""
    table, wanted = Table.metadata.tables[_KEYS], sorted(keys)
    found: list[str] = []
    for start in range(0, len(wanted), _AT_ONCE):
        part = sa.select(table.c.id).where(table.c.id.in_(wanted[start : start + _AT_ONCE]))
        found += db.scalars(part.order_by(table.c.id).with_for_update()).all()
    return found


def sealed_items(db: Session, keys: Sequence[str], item: str, until: datetime) -> list[Any]:
    """Return the rows of an item under keys, kept until a moment, by table and id; locked."""
    found: list[Any] = []
    for table, column in _pointing(Table.metadata.tables[_KEYS]):
        if {"item", "at", "id"} <= set(table.c.keys()):
            fit = sa.and_(column.in_(keys), table.c.item == item, table.c.at <= until)
            rows = db.scalars(sa.select(table.c.id).where(fit).with_for_update())
            found += [(table, row) for row in rows]
    return found


def drop(db: Session, table: sa.Table, ids: Sequence[Any]) -> int:
    """Delete rows and whatever points to them, objects included; return how many."""
    gone = _drop_resting_on(db, table, ids)
    key = table.primary_key.columns[0]
    _doom_objects(db, table, key.in_(ids))
    db.execute(sa.delete(table).where(key.in_(ids)))
    return gone + len(ids)


def drop_sealed(db: Session, key: str) -> int:
    """Delete all that is sealed under a key; the key itself stays."""
    return _drop_resting_on(db, Table.metadata.tables[_KEYS], [key])


def _drop_resting_on(db: Session, table: sa.Table, ids: Sequence[Any]) -> int:
    gone = 0
    for other, column in _pointing(table):
        key = other.primary_key.columns[0]
        rows = db.scalars(sa.select(key).where(column.in_(ids))).all()
        if rows:
            gone += drop(db, other, rows)
    return gone


def _doom_objects(db: Session, table: sa.Table, fit: sa.ColumnElement[bool]) -> None:
    if "object_name" in table.c:
        named = sa.select(table.c.object_name).where(fit, table.c.object_name.is_not(None))
        for name in db.scalars(named):
            db.objects.delete(name)


def _pointing(table: sa.Table) -> list[tuple[sa.Table, sa.Column[Any]]]:
    return [
        (other, key.parent)
        for other in Table.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table
    ]
