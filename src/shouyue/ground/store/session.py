"""The unit of work.

A session brings its own clock, ids, dice, key ring and object store, so that no room reads a
global. What only reads takes a ReadSession; a Session serves there too. Only doors and the
worker open one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import orm
from sqlalchemy.engine import Connection

from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.kit.types import Means
from shouyue.ground.links.units import Unit
from shouyue.ground.store.journal import JournalUnit
from shouyue.ground.store.objects import ObjectUnit, Shelves


class ReadSession(orm.Session):
    """Reads one consistent state. Writing through it fails in the database itself."""

    means: Means
    keys: KeyRing
    objects: Shelves
    unit: Unit

    def get_bind(self, *_args: Any, **_words: Any) -> Connection:
        """Return the connection of this unit, for the mapper."""
        return self.unit.connection()

    def begin_nested(self) -> orm.SessionTransaction:
        """Set a savepoint, at once: the mapper would put it off until it speaks itself."""
        nested = super().begin_nested()
        self.connection()
        return nested

    def close(self) -> None:
        """Let everything go; what was not committed is undone."""
        super().close()
        self.unit.close()

    def clock(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self.means.clock()

    def new_id(self) -> str:
        """Return a fresh 26-character id."""
        return self.means.new_id()

    def dice(self, count: int) -> bytes:
        """Return so many unpredictable bytes."""
        return self.means.dice(count)


class Session(ReadSession):
    """One unit of work: everything in it happens, or nothing, objects included."""

    objects: ObjectUnit
    journal: JournalUnit

    def commit(self) -> None:
        """Make it last, then delete the objects that the unit gave up.

        What it erases stands in the erasure journal first; a journal that cannot write stops it.
        """
        self.flush()
        self.journal.write()
        self.objects.trust()
        if self.in_transaction():  # the mapper has none where only statements were spoken
            super().commit()
        self.unit.commit()
        self.objects.settle()
        self.journal.settle()

    def rollback(self) -> None:
        """Undo it, then take back the objects that the unit put."""
        if self.in_transaction():
            super().rollback()
        self.unit.close()
        self.objects.undo()
        self.journal.undo()
