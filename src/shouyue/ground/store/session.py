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
from shouyue.ground.store.journal import JournalUnit
from shouyue.ground.store.objects import ObjectUnit, Shelves


class ReadSession(orm.Session):
    """Reads one consistent state. Writing through it fails in the database itself."""

    means: Means
    keys: KeyRing
    objects: Shelves
    _driver: tuple[orm.SessionTransaction | None, Connection, Any] | None = None

    def driver(self) -> tuple[Connection, Any]:
        """Return the connection of this unit and the driver's cursor on it, for `store.asked`."""
        at = self._driver
        if at is None or at[0] is not self.get_transaction():
            connection = self.connection()
            at = self.get_transaction(), connection, connection.connection.cursor()
            self._driver = at
        return at[1], at[2]

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
        super().commit()
        self.objects.settle()
        self.journal.settle()

    def rollback(self) -> None:
        """Undo it, then take back the objects that the unit put."""
        super().rollback()
        self.objects.undo()
        self.journal.undo()
