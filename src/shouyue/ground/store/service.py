"""Open the database and hand out units of work.

SQLite: write-ahead log, full sync, one writer at a time, deleted bytes overwritten.
PostgreSQL: who reads sees one state, and the server too refuses to let them write.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.kit.types import Means
from shouyue.ground.links.units import Unit, begin
from shouyue.ground.store.errors import Met
from shouyue.ground.store.journal import Journal, JournalUnit
from shouyue.ground.store.objects import ObjectStore, ObjectUnit
from shouyue.ground.store.session import ReadSession, Session

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged survives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # 5.1.1: freed pages keep no residue
    "busy_timeout=30000",
    "temp_store=MEMORY",
)
_RESTED = 1.0
"""Seconds that a connection may rest before it is asked whether it lives. Asking costs as much as
a statement; what breaks within a second breaks in the unit of work that meets it."""

_SINCE = "shouyue.store.rests-since"
_ANEW = 3
_MET = frozenset({"40001", "40P01", "23505"})  # serialisation, deadlock, unique (PostgreSQL)

T = TypeVar("T")


class Store:
    """One database. `begin` writes, `read` reads; both close what they open."""

    def __init__(
        self,
        url: str,
        means: Means,
        keys: KeyRing,
        objects: ObjectStore,
        journal: Journal | None = None,
    ) -> None:
        """Connect lazily; `url` is SQLAlchemy's (`sqlite:///…`, `postgresql+psycopg://…`).

        A running house has a journal; a store without one keeps no erasures for its backups.
        """
        self.engine = open_engine(url)
        self.means = means
        self.keys = keys
        self.objects = objects
        self.journal = journal
        self.bell = threading.Event()
        self._writer = threading.Lock()
        self._reads = self.engine.execution_options(shouyue_write=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield a unit of work; commit at the end, roll back on any exception."""
        with self._one_writer(), Session(expire_on_commit=False) as db:
            self._equip(db, Unit(self.engine, write=True))
            db.journal = JournalUnit(self.journal)
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise
        self.bell.set()

    def do(self, deed: Callable[[Session], T]) -> T:
        """Return what a deed returns, in a unit of work of its own; anew where two units met.

        They met in a deadlock, a failed serialisation, or one row that both inserted; the second
        time the later one sees what the earlier wrote. Whatever a deed does lies in its unit.
        """
        for _ in range(_ANEW):
            try:
                with self.begin() as db:
                    return deed(db)
            except Met:
                continue
            except sa.exc.DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") not in _MET:
                    raise
        with self.begin() as db:
            return deed(db)

    @contextmanager
    def read(self) -> Iterator[ReadSession]:
        """Yield a session that cannot write."""
        with ReadSession(autoflush=False) as db:
            self._equip(db, Unit(self._reads, write=False))
            yield db

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _equip(self, db: ReadSession, unit: Unit) -> None:
        db.unit = unit
        db.means = self.means
        db.keys = self.keys.for_one_act()
        db.objects = ObjectUnit(self.objects)

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        # SQLite lets one writer in; queueing here beats polling its busy lock.
        if self.engine.dialect.name != "sqlite":
            yield
            return
        with self._writer:
            yield


def open_engine(url: str) -> Engine:
    """Return an engine with the house's settings for its dialect."""
    # Bound values may be a person's; no error message quotes them.
    engine = sa.create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        _prepare_postgres(engine)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_postgres(engine: Engine) -> None:
    from shouyue.ground.links.postgres import Link  # noqa: PLC0415 - the driver is the extra `pg`

    def connect(_dialect: Any, _entry: Any, words: list[Any], told: dict[str, Any]) -> Link:
        return Link.open(*words, **told)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkin", _rest)
    event.listen(engine, "checkout", partial(_wake, engine))


def _rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info[_SINCE] = time.monotonic()


def _wake(engine: Engine, connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
    since = entry.info.get(_SINCE)
    try:
        connection.settle()
        if since is not None and time.monotonic() - since >= _RESTED:
            engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DisconnectionError from error  # the pool makes another


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    told = connection.get_execution_options()
    if told.get("isolation_level") != "AUTOCOMMIT":
        write = told.get("shouyue_write", True)
        begin(connection.dialect, connection.connection, write=write)
