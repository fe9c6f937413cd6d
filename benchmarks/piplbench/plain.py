"""PostgreSQL as GDPRbench uses it: one table of personal data with its metadata in columns.

Nothing is sealed and nothing is proved; a log row is written for what changes records, none for
reads, which favours this side. One connection, psycopg with prepared statements, one transaction
for each operation, all durable as the server is set.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks.piplbench.oracle import OFF, WHOLE, Answer, Op
from benchmarks.piplbench.records import ITEMS, Record
from benchmarks.piplbench.space import PARTS, Part
from shouyue.privacy.policy.purposes import Purpose

_TABLES = """
CREATE TABLE record (
    key text PRIMARY KEY, usr text NOT NULL, cat text NOT NULL, pur text NOT NULL,
    ttl text NOT NULL, obj boolean NOT NULL, dec boolean NOT NULL, acl text NOT NULL,
    shr int NOT NULL, stopped boolean NOT NULL, src text NOT NULL, basis text NOT NULL,
    policy_version text NOT NULL, data text NOT NULL
);
CREATE TABLE log (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
    usr text NOT NULL, cat text NOT NULL, op text NOT NULL
);
CREATE INDEX log_usr ON log (usr);
CREATE TABLE permit (usr text PRIMARY KEY, shr int NOT NULL);
CREATE TABLE release (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
    usr text NOT NULL, shr int NOT NULL, via text NOT NULL
);
CREATE TABLE leave (usr text, staff int, PRIMARY KEY (usr, staff));
CREATE TABLE looked (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),
    usr text NOT NULL, staff int NOT NULL
);
CREATE TABLE consent (usr text PRIMARY KEY, state text NOT NULL, version int NOT NULL);
"""
_AT_ONCE = 10_000
_INDEXES = ("pur", "usr", "ttl", "shr")
_COLUMNS = "key, usr, cat, pur, ttl, obj, dec, acl, shr, stopped, src, basis, policy_version, data"
_PLACES = ", ".join(["%s"] * 14)
_LOGGED = "INSERT INTO log (usr, cat, op) SELECT usr, cat, %s FROM done RETURNING 1"
_CREATE = f"""
WITH done AS (
    INSERT INTO record ({_COLUMNS}) VALUES ({_PLACES})
    ON CONFLICT (key) DO UPDATE SET data = excluded.data RETURNING usr, cat
) {_LOGGED}"""
_WHOSE = {
    "delete-key": "key = %s",
    "delete-pur": "usr = %s AND pur = %s",
    "delete-ttl": "usr = %s AND ttl = %s",
    "delete-usr": "usr = %s",
}
_ANEW = 3
_READABLE = "NOT (obj AND basis IN ('CONSENT', 'SEPARATE_CONSENT', 'GUARDIAN'))"
_RELEASED = sorted(ITEMS[:2])
_META = "SELECT usr, cat, pur, basis, src FROM record WHERE"


class Plain:
    """The table, with or without indexes of its metadata."""

    def __init__(self, address: str, shared: Mapping[Purpose, int], *, indexed: bool) -> None:
        """Make the tables in an empty database; `shared` is the recipient of each purpose."""
        self.name = "PostgreSQL, indexed" if indexed else "PostgreSQL"
        self._shared = dict(shared)
        self._address = address
        self._lost_at = datetime.now(UTC)
        self._link = psycopg.connect(address, autocommit=True)
        self._link.execute(_TABLES)
        if indexed:
            self._link.execute("CREATE INDEX release_shr ON release (shr, at)")
        for column in _INDEXES if indexed else ():
            self._link.execute(f"CREATE INDEX record_{column} ON record ({column})".encode())

    def load(self, records: Iterable[Record]) -> None:
        """Fill it."""
        shared = self._shared
        rows = [_row(record, shared[record.purpose], stopped=False) for record in records]
        with self._link.transaction(), self._link.cursor() as cursor:
            for first in range(0, len(rows), _AT_ONCE):
                part = rows[first : first + _AT_ONCE]
                cursor.executemany(_CREATE, [(*row, "kept") for row in part])
        self._link.execute("VACUUM ANALYZE")

    def do(self, op: Op) -> Answer:
        """Do one operation, anew where it met another client's in a deadlock."""
        for _ in range(_ANEW):
            try:
                return _VERBS[op.verb](self, op)
            except psycopg.errors.DeadlockDetected:
                continue
        return _VERBS[op.verb](self, op)

    def client(self) -> "Plain":
        """Return the same with a connection of its own, for another process."""
        mine = copy.copy(self)
        mine._link = psycopg.connect(self._address, autocommit=True)  # noqa: SLF001 - its own
        return mine

    def settle(self) -> None:
        """Nothing waits here."""

    def content(self) -> dict[tuple[str, str], str]:
        """Return the data of every record."""
        rows = self._link.execute("SELECT usr, cat, data FROM record").fetchall()
        return {(usr, cat): data for usr, cat, data in rows}

    def parts(self) -> list[Part]:
        """Return what each table takes."""
        return [Part(*row) for row in self._all(PARTS)]

    def servers(self) -> list[int]:
        """Return the process that serves the connection."""
        return [self._link.info.backend_pid]

    def close(self) -> None:
        """Let the connection go."""
        self._link.close()

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._link.execute(sql.encode(), values, prepare=True).fetchall()

    def _do(self, sql: str, *values: Any) -> int:
        return self._link.execute(sql.encode(), values, prepare=True).rowcount

    def create(self, op: Op) -> Answer:
        """Insert a record, or write its data anew."""
        if op.record is None:
            raise ValueError(op.verb)
        self._do(_CREATE, *_row(op.record, op.number, stopped=op.on), "kept")
        return None

    def delete(self, op: Op) -> Answer:
        """Delete records of a person and log each."""
        values = {
            "delete-key": (f"{op.subject}/{op.item}",),
            "delete-pur": (op.subject, op.purpose.value),
            "delete-ttl": (op.subject, op.word),
            "delete-usr": (op.subject,),
        }[op.verb]
        word = "forgotten" if op.verb in {"delete-key", "delete-pur"} else "shredded"
        gone = f"DELETE FROM record WHERE {_WHOSE[op.verb]} RETURNING usr, cat"
        return self._do(f"WITH done AS ({gone}) {_LOGGED}", *values, word)

    def objection(self, op: Op) -> Answer:
        """Mark a person's records of a purpose."""
        sql = "UPDATE record SET obj = %s WHERE usr = %s AND pur = %s"
        self._do(sql, not op.on, op.subject, op.purpose.value)
        return None

    def share(self, op: Op) -> Answer:
        """Name another recipient in every record of a purpose."""
        sql = "UPDATE record SET shr = %s, stopped = false WHERE pur = %s"
        self._do(sql, op.number, op.purpose.value)
        return None

    def standing(self, op: Op) -> Answer:
        """Mark every record of a recipient."""
        self._do("UPDATE record SET stopped = %s WHERE shr = %s", not op.on, op.number)
        return None

    def read_key(self, op: Op) -> Answer:
        """Read one record, unless its person objects."""
        sql = f"SELECT {_READABLE}, data FROM record WHERE key = %s"
        rows = self._all(sql, f"{op.subject}/{op.item}")
        if not rows:
            return None
        return rows[0][1] if rows[0][0] else OFF

    def read_usr(self, op: Op) -> Answer:
        """Read all of a person."""
        return dict(self._all("SELECT cat, data FROM record WHERE usr = %s", op.subject))

    def read_queue(self, op: Op) -> Answer:
        """Read what serves a purpose, of a queue of people."""
        sql = f"SELECT usr, cat, data FROM record WHERE usr = ANY(%s) AND pur = %s AND {_READABLE}"
        rows = self._all(sql, list(op.people), op.purpose.value)
        return {(usr, cat): data for usr, cat, data in rows}

    def meta(self, op: Op) -> Answer:
        """Read metadata by key, person or purpose."""
        if op.verb == "read-meta-key":
            rows = self._all(f"{_META} key = %s", f"{op.subject}/{op.item}")
        elif op.verb == "read-meta-usr":
            rows = self._all(f"{_META} usr = %s", op.subject)
        elif op.verb == WHOLE:
            rows = self._all(f"{_META} pur = %s", op.purpose.value)
        else:
            sql = f"{_META} usr = ANY(%s) AND pur = %s"
            rows = self._all(sql, list(op.people), op.purpose.value)
        return {(usr, cat): (pur, basis, src) for usr, cat, pur, basis, src in rows}

    def logs(self, op: Op) -> Answer:
        """Read a person's log."""
        rows = self._all("SELECT at, cat, op FROM log WHERE usr = %s ORDER BY id", op.subject)
        words = [row[2] for row in rows]
        return words.count("kept"), words.count("forgotten")

    def deleted(self, op: Op) -> Answer:
        """Look whether a record is gone and its deletion logged."""
        sql = (
            "SELECT NOT EXISTS (SELECT 1 FROM record WHERE key = %s) AND EXISTS"
            " (SELECT 1 FROM log WHERE usr = %s AND op IN ('forgotten', 'shredded'))"
        )
        return self._all(sql, f"{op.subject}/{op.item}", op.subject)[0][0]

    def grant(self, op: Op) -> Answer:
        """Write down whom a person lets in."""
        sql = (
            "INSERT INTO permit VALUES (%s, %s) ON CONFLICT (usr) DO UPDATE SET shr = excluded.shr"
        )
        self._do(sql, op.subject, op.number)
        return None

    def revoke(self, op: Op) -> Answer:
        """Let nobody in any more."""
        return self._do("DELETE FROM permit WHERE usr = %s", op.subject)

    def release(self, op: Op) -> Answer:
        """Log a release where there is a permit for it."""
        sql = (
            "INSERT INTO release (usr, shr, via) SELECT usr, shr, %s FROM permit"
            " WHERE usr = %s AND shr = %s"
        )
        return self._do(sql, op.word, op.subject, op.number) == 1

    def lose(self, _op: Op) -> Answer:
        """Every credential is in strange hands from now on."""
        self._lost_at = datetime.now(UTC)
        return None

    def reached(self, op: Op) -> Answer:
        """Tell who was released to a recipient since."""
        sql = "SELECT DISTINCT usr FROM release WHERE shr = %s AND at >= %s"
        return {of: _RELEASED for (of,) in self._all(sql, op.number, self._lost_at)}

    def approve(self, op: Op) -> Answer:
        """Write down that a member may look at a minor."""
        self._do("INSERT INTO leave VALUES (%s, %s)", op.subject, op.number)
        return None

    def give_back(self, op: Op) -> Answer:
        """Strike it out."""
        self._do("DELETE FROM leave WHERE usr = %s AND staff = %s", op.subject, op.number)
        return None

    def look(self, op: Op) -> Answer:
        """Read a minor's record and log it, where that is allowed."""
        sql = (
            "WITH may AS (SELECT usr, staff FROM leave WHERE usr = %s AND staff = %s), done AS"
            " (INSERT INTO looked (usr, staff) SELECT usr, staff FROM may RETURNING usr)"
            " SELECT data FROM record, done WHERE key = %s"
        )
        rows = self._all(sql, op.subject, op.number, f"{op.subject}/{op.item}")
        return rows[0][0] if rows else OFF

    def agree(self, op: Op) -> Answer:
        """Write a yes down."""
        sql = (
            "INSERT INTO consent VALUES (%s, 'GIVEN', 1) ON CONFLICT (usr)"
            " DO UPDATE SET state = 'GIVEN'"
        )
        self._do(sql, op.subject)
        return None

    def withdraw(self, op: Op) -> Answer:
        """End a yes."""
        sql = (
            "UPDATE consent SET state = 'WITHDRAWN' WHERE usr = %s AND state IN ('GIVEN', 'STALE')"
        )
        return self._do(sql, op.subject) == 1

    def gate(self, op: Op) -> Answer:
        """Ask whether a yes is in force."""
        return self._all("SELECT state FROM consent WHERE usr = %s", op.subject) == [("GIVEN",)]

    def publish(self, _op: Op) -> Answer:
        """Make every yes stale."""
        return self._do("UPDATE consent SET state = 'STALE' WHERE state = 'GIVEN'")


def _row(record: Record, number: int, *, stopped: bool) -> tuple[Any, ...]:
    return (
        f"{record.subject}/{record.item}",
        record.subject,
        record.item.value,
        record.purpose.value,
        record.keeping,
        record.objected,
        False,
        "staff",
        number,
        stopped,
        record.source,
        record.basis.value,
        "1",
        record.data,
    )


_VERBS: dict[str, Callable[[Plain, Op], Answer]] = {
    "create": Plain.create,
    "update-key": Plain.create,
    **dict.fromkeys(("delete-key", "delete-pur", "delete-ttl", "delete-usr"), Plain.delete),
    "update-meta-usr": Plain.objection,
    "update-meta-pur": Plain.share,
    "update-meta-shr": Plain.standing,
    "read-key": Plain.read_key,
    "read-usr": Plain.read_usr,
    "read-queue": Plain.read_queue,
    **dict.fromkeys(
        ("read-meta-key", "read-meta-pur", "read-meta-queue", "read-meta-usr"), Plain.meta
    ),
    "get-logs": Plain.logs,
    "verify-deletion": Plain.deleted,
    "grant": Plain.grant,
    "revoke": Plain.revoke,
    "release": Plain.release,
    "enrol": Plain.create,
    "approve": Plain.approve,
    "give-back": Plain.give_back,
    "look": Plain.look,
    "lose": Plain.lose,
    "reached": Plain.reached,
    "agree": Plain.agree,
    "withdraw": Plain.withdraw,
    "gate": Plain.gate,
    "publish": Plain.publish,
}
