"""Tables of the ledger. Rows are added; a leaf changes only by going into line or going blind.

The database itself refuses all else: the history of the schema puts triggers on these tables. A
migration that rebuilds one of them has to put its triggers back.
"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import (
    BigNumber,
    Holds,
    Id,
    Instant,
    Json,
    Number,
    Table,
    Word,
    holds,
)
from shouyue.privacy.ledger.types import Facts
from shouyue.privacy.policy.items import Item

GROWING = {
    "ledger_line": ("subject", "salt", "facts"),
    "ledger_node": (),
    "ledger_checkpoint": (),
    "ledger_cosignature": (),
    "ledger_fork": ("acknowledged_at",),
}
"""Tables that only grow, each with the columns that the house itself changes."""


_NAMED = text("subject IS NOT NULL")


class LedgerLeaf(Table):
    """One fact that waits for its place in the tree: it leaves this table for `ledger_line` alone.

    What acts write all day has the fewest indexes, and what stays for ever is written once.
    """

    __tablename__ = "ledger_leaf"
    __subject__ = "subject"
    __item__ = Item.DI_32

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Word(64))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32), info=holds(Holds.PUBLIC))
    subject: Mapped[str | None] = mapped_column(Id)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32), info=holds(Holds.PUBLIC))
    facts: Mapped[Facts | None] = mapped_column(Json)

    __table_args__ = (
        Index(
            "ix_ledger_leaf_subject",
            "subject",
            sqlite_where=_NAMED,
            postgresql_where=_NAMED,
        ),
    )


class LedgerLine(Table):
    """One fact in its place: the committed part for ever, the opening until a person is forgotten.

    The hash of a leaf is computed from the row, so none is stored.
    """

    __tablename__ = "ledger_line"
    __subject__ = "subject"
    __item__ = Item.DI_32

    place: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    id: Mapped[str] = mapped_column(Id, unique=True)
    kind: Mapped[str] = mapped_column(Word(64))
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32), info=holds(Holds.PUBLIC))
    subject: Mapped[str | None] = mapped_column(Id)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32), info=holds(Holds.PUBLIC))
    facts: Mapped[Facts | None] = mapped_column(Json)

    __table_args__ = (
        Index(
            "ix_ledger_line_subject_at",
            "subject",
            "at",
            sqlite_where=_NAMED,
            postgresql_where=_NAMED,
        ),
    )


class LedgerNode(Table):
    """The hash of one complete subtree; `place` counts along its level, 0 being the leaves.

    Only every fourth level is kept: what lies between is a few hashes away.
    """

    __tablename__ = "ledger_node"
    __why__ = "Hashes of salted commitments say nothing of a person."

    level: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), info=holds(Holds.PUBLIC))


class LedgerCheckpoint(Table):
    """One signed statement of the log about itself."""

    __tablename__ = "ledger_checkpoint"
    __why__ = "A size, a root and a signature."

    size: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, info=holds(Holds.PUBLIC))


class LedgerCosignature(Table):
    """What a witness has signed: that the log had grown to this checkpoint at that time."""

    __tablename__ = "ledger_cosignature"
    __why__ = "A size, a time and a signature."

    size: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(Word(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    verifier: Mapped[str] = mapped_column(Text, info=holds(Holds.PUBLIC))
    line: Mapped[str] = mapped_column(Text, info=holds(Holds.PUBLIC))

    __table_args__ = (Index("ix_ledger_cosignature_at", "at"),)


class LedgerFork(Table):
    """A witness speaks of another log than ours; until it is acknowledged nothing is put in line.

    `theirs` is the size that it has signed, `ours` the one that we showed it.
    """

    __tablename__ = "ledger_fork"
    __why__ = "The name of a witness, two sizes and two times."

    witness: Mapped[str] = mapped_column(Word(64), primary_key=True)
    theirs: Mapped[int] = mapped_column(BigNumber, primary_key=True, autoincrement=False)
    ours: Mapped[int] = mapped_column(BigNumber)
    at: Mapped[datetime] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)


class LedgerTurn(Table):
    """One row: whoever integrates holds its lock."""

    __tablename__ = "ledger_turn"
    __why__ = "A lock."

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
