"""The rows of keys: wrapped keys of people, and what is left of destroyed ones."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import (
    Ciphertext,
    Flag,
    Holds,
    Id,
    Instant,
    Number,
    Table,
    Word,
)
from shouyue.privacy.policy.items import Item

_ASKED = text("stage IN ('asked', 'approved')")


class DataKey(Table):
    """A wrapped key of one person for one retention class, live or in custody (INV-17)."""

    __tablename__ = "data_key"
    __subject__ = "subject"
    __item__ = Holds.ROW
    __table_args__ = (
        Index("uq_data_key", "subject", "retention_class", "suite", "custody", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id)
    retention_class: Mapped[str] = mapped_column(Word(40))
    suite: Mapped[str] = mapped_column(Word(16))
    custody: Mapped[bool] = mapped_column(Flag)
    wrapped: Mapped[bytes] = mapped_column(Ciphertext)
    root: Mapped[str] = mapped_column(ForeignKey("root_version.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class DestroyedKey(Table):
    """That a key is gone: for certificates, and for backups, which must not bring it back."""

    __tablename__ = "destroyed_key"
    __why__ = "A random key id, a class, a cause and a time; whose key it was is not kept."
    __item__ = Item.DI_75

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    retention_class: Mapped[str] = mapped_column(Word(40))
    suite: Mapped[str] = mapped_column(Word(16))
    custody: Mapped[bool] = mapped_column(Flag)
    cause: Mapped[str] = mapped_column(Word(16))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    leaf: Mapped[str] = mapped_column(Id)


class RootVersion(Table):
    """A root under which keys may be wrapped. Keys point to it, so it cannot go before them.

    `probe` is a known value under that root: whoever opens it holds the root of this database.
    """

    __tablename__ = "root_version"
    __why__ = "Roots belong to the operator."

    id: Mapped[str] = mapped_column(Id(24), primary_key=True)
    chamber: Mapped[str] = mapped_column(Word(8))
    place: Mapped[int] = mapped_column(Number)  # counts up in its chamber, whoever keeps the root
    probe: Mapped[bytes] = mapped_column(Ciphertext)
    since: Mapped[datetime] = mapped_column(Instant)


class Founding(Table):
    """One row: the suite in which this house was founded, which marks and ids stay in."""

    __tablename__ = "founding"
    __why__ = "The name of a suite."

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    suite: Mapped[str] = mapped_column(Word(16))


class RetiredRoot(Table):
    """A root version that is gone; no key is ever wrapped under it again."""

    __tablename__ = "retired_root"
    __why__ = "Roots belong to the operator."

    id: Mapped[str] = mapped_column(Id(24), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    leaf: Mapped[str] = mapped_column(Id)


class SealedPepper(Table):
    """One row: the secret behind all named keys, where the keeper of the roots keeps none."""

    __tablename__ = "sealed_pepper"
    __why__ = "A secret of the house."

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(Ciphertext)
    root: Mapped[str] = mapped_column(ForeignKey("root_version.id"))


class KeyDestruction(Table):
    """A request of staff to destroy a root or a class of keys, and the answer of another."""

    __tablename__ = "key_destruction"
    __why__ = "A root or a class of keys, and the ids of two members of staff."
    __table_args__ = (
        Index(
            "uq_key_destruction_open",
            "doomed",
            "target",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    doomed: Mapped[str] = mapped_column(Word(8))
    target: Mapped[str] = mapped_column(Id(40))
    stage: Mapped[str] = mapped_column(Word(12))
    asked_by: Mapped[str] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    answered_by: Mapped[str | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
