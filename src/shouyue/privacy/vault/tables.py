"""The vault's rows. Values are sealed; what is in clear are ids, words, digests and times."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Holds, Id, Instant, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item

WAYS_IN = frozenset({Item.DI_01, Item.DI_03})
"""The items by which people come in: one value leads to one person."""

_WAY_IN = text("item IN ('DI-01', 'DI-03')")


class VaultHolding(Table):
    """One item about one person: the newest value, why it is held, and under which key."""

    __tablename__ = "holding"
    __subject__ = "subject"
    __item__ = Holds.ROW
    __table_args__ = (Index("uq_holding_subject_item", "subject", "item", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id)
    item: Mapped[str] = mapped_column(Word(8))
    key: Mapped[str] = mapped_column(ForeignKey("data_key.id"), index=True)
    ground: Mapped[str] = mapped_column(ForeignKey("ground.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=holds(Holds.ROW))
    purpose: Mapped[str] = mapped_column(Word(8), index=True)
    basis: Mapped[str] = mapped_column(Word(24))
    source: Mapped[str] = mapped_column(Word(64))
    at: Mapped[datetime] = mapped_column(Instant)


class BlindIndex(Table):
    """A keyed digest by which a holding is found; it dies with its holding (INV-19)."""

    __tablename__ = "blind_index"
    __subject__ = "subject"
    __item__ = Holds.ROW
    __table_args__ = (
        Index("ix_blind_index_item_digest", "item", "digest"),
        # A log-in phone or platform account leads to one person, also when two requests race.
        Index(
            "uq_blind_index_way_in",
            "item",
            "digest",
            unique=True,
            sqlite_where=_WAY_IN,
            postgresql_where=_WAY_IN,
        ),
    )

    holding: Mapped[str] = mapped_column(ForeignKey("holding.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    item: Mapped[str] = mapped_column(Word(8))
    digest: Mapped[str] = mapped_column(String(64), info=holds(Holds.ROW))


class SealedDocument(Table):
    """A document: its sealed content lies in the object store under a name that means nothing."""

    __tablename__ = "sealed_document"
    __subject__ = "subject"
    __item__ = Holds.ROW

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    item: Mapped[str] = mapped_column(Word(8))
    object_name: Mapped[str] = mapped_column(String(48), unique=True, info=holds(Holds.ROW))
    key: Mapped[str] = mapped_column(ForeignKey("data_key.id"), index=True)
    ground: Mapped[str] = mapped_column(ForeignKey("ground.id"), index=True)
    media_type: Mapped[str] = mapped_column(Word(64))
    byte_size: Mapped[int] = mapped_column(Number)
    # Keyed, of the content in clear.
    digest: Mapped[str] = mapped_column(String(64), info=holds(Holds.ROW))
    purpose: Mapped[str] = mapped_column(Word(8), index=True)
    basis: Mapped[str] = mapped_column(Word(24))
    source: Mapped[str] = mapped_column(Word(64))
    at: Mapped[datetime] = mapped_column(Instant)
