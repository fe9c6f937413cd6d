"""Where the sandbox keeps its documents: one SQLite file, JSON by kind and key."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_GONE = "-gone"


class Shelf:
    """Documents by kind and number, in order of their numbers. Safe for threads."""

    def __init__(self, path: Path | str) -> None:
        """Open or make the file; `:memory:` keeps nothing."""
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document (kind TEXT, number INTEGER, body TEXT, "
            "PRIMARY KEY (kind, number)) WITHOUT ROWID"
        )

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do several things as one."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def put(self, kind: str, number: int, body: Document) -> None:
        """Write a document over the one with its number."""
        text = json.dumps(body, ensure_ascii=False)
        with self._lock:
            self._db.execute("REPLACE INTO document VALUES (?, ?, ?)", (kind, number, text))

    def get(self, kind: str, number: int) -> Document | None:
        """Return a document, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM document WHERE kind = ? AND number = ?", (kind, number)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def drop(self, kind: str, number: int) -> None:
        """Take a document away."""
        with self._lock:
            self._db.execute("DELETE FROM document WHERE kind = ? AND number = ?", (kind, number))

    def all(self, kind: str) -> list[Document]:
        """Return all documents of a kind."""
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM document WHERE kind = ? ORDER BY number", (kind,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def of(self, kind: str, seller_id: int) -> list[tuple[int, Document]]:
        """Return a seller's documents of a kind with their numbers."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, body FROM document WHERE kind = ?"
                " AND json_extract(body, '$.sellerId') = ? ORDER BY number",
                (kind, seller_id),
            ).fetchall()
        return [(number, json.loads(body)) for number, body in rows]

    def clear(self, kind: str, seller_id: int) -> None:
        """Take a seller's documents of a kind away; their numbers are not given again."""
        with self._lock:
            for number, _ in self.of(kind, seller_id):
                self.drop(kind, number)
                self.put(kind + _GONE, number, {})

    def next_number(self, kind: str, first: int) -> int:
        """Return the number after the highest that a kind has had."""
        with self._lock:
            row = self._db.execute(
                "SELECT max(number) FROM document WHERE kind IN (?, ?)", (kind, kind + _GONE)
            ).fetchone()
        return max(first, (row[0] or 0) + 1)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
