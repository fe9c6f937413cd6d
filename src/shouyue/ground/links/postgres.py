"""The connection to PostgreSQL: it says BEGIN itself and does not wait for the end of a look.

After a rollback psycopg forgets which statements the server keeps ready, and lets the server
forget them. A unit of work that only reads has nothing to undo, so it ends with COMMIT; and
nobody needs to know that it did, so the answer is taken when the connection is wanted again.
"""

from typing import Any, Self

import psycopg
from psycopg import errors
from psycopg.pq import ExecStatus, TransactionStatus

_BEGIN = {
    True: b"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    False: b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
"""By whether it may write. Said in one statement: another would be a round trip for each page."""


class Link(psycopg.Connection[Any]):
    """A connection in autocommit, as psycopg calls it: nobody but `start` begins anything.

    What it says itself it sends at once, and takes the answer before it says anything else.
    """

    _looks = False
    _over = False
    _owed = False

    @classmethod
    def open(cls, *args: Any, **words: Any) -> Self:
        """Connect as `psycopg.connect` does."""
        return cls.connect(*args, **{**words, "autocommit": True})

    def start(self, *, write: bool) -> None:
        """Begin a transaction where none has begun; one that does not write reads one state.

        Where it cannot begin, the first statement raises why.
        """
        if self._owed or self.pgconn.transaction_status != TransactionStatus.IDLE:
            return
        if not self.autocommit:  # SQLAlchemy puts it back after a statement outside transactions
            self.autocommit = True
        self._looks, self._over = not write, False
        self._send(_BEGIN[write])

    def rollback(self) -> None:
        """Undo what was written; let a look go without waiting."""
        if self._over:
            return
        self.settle()
        status = self.pgconn.transaction_status
        if self._looks and status == TransactionStatus.INTRANS:
            self._over = True
            self._send(b"COMMIT")
        elif status != TransactionStatus.IDLE:
            super().rollback()

    def wait(self, *args: Any, **words: Any) -> Any:
        """Do what psycopg does for every statement, after what was said before it is answered."""
        self.settle()
        return super().wait(*args, **words)

    def settle(self) -> None:
        """Take the answer that is owed; raises psycopg's errors."""
        if not self._owed:
            return
        self._owed = False
        while result := self.pgconn.get_result():
            if self.closed:
                raise psycopg.OperationalError(self.pgconn.get_error_message())
            if result.status != ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)

    def _send(self, words: bytes) -> None:
        self.settle()
        self.pgconn.send_query(words)
        self._owed = True
