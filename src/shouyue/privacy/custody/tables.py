"""The rows of custody: ciphertexts under keys of the custody chamber, their grounds, holds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Flag, Holds, Id, Instant, Json, Table, Word, holds
from shouyue.privacy.policy.items import Item


class CustodyValue(Table):
    """A value in restricted storage. `place` and `row` say where it stood: its seal is bound there.

    `origin` is the live key that it came from, which the erasure journal names. A document's
    ciphertext lies in the object store; a value's is `sealed`. `minor` says that its person was
    known to be under fourteen when it came: what says so elsewhere may be erased before it.
    """

    __tablename__ = "custody_value"
    __subject__ = "subject"
    __item__ = Holds.ROW

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    item: Mapped[str] = mapped_column(Word(8))
    key: Mapped[str] = mapped_column(ForeignKey("data_key.id"), index=True)
    origin: Mapped[str] = mapped_column(Id, index=True)
    place: Mapped[str] = mapped_column(Word(24))
    row: Mapped[str] = mapped_column(Id)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=holds(Holds.ROW))
    object_name: Mapped[str | None] = mapped_column(String(48), unique=True, info=holds(Holds.ROW))
    media_type: Mapped[str] = mapped_column(Word(64))
    at: Mapped[datetime] = mapped_column(Instant)
    minor: Mapped[bool] = mapped_column(Flag)


class CustodyGround(Table):
    """One reason why a value is kept; the value goes with its last reason."""

    __tablename__ = "custody_ground"
    __why__ = "A statute or a hold by id, and a moment; whose value it is stands in its row."
    __table_args__ = (Index("uq_custody_ground", "value", "ref", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    value: Mapped[str] = mapped_column(ForeignKey("custody_value.id"))
    kind: Mapped[str] = mapped_column(Word(12))
    ref: Mapped[str] = mapped_column(Id, index=True)
    until: Mapped[datetime] = mapped_column(Instant, index=True)


class LegalHold(Table):
    """A hold on a person's items, by two members of staff."""

    __tablename__ = "legal_hold"
    __subject__ = "subject"
    __item__ = Item.DI_56

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(Word(12))
    case: Mapped[str] = mapped_column(String(40), info=holds(Item.DI_56))
    items: Mapped[list[str]] = mapped_column(Json)
    until: Mapped[datetime] = mapped_column(Instant)
    stage: Mapped[str] = mapped_column(Word(12), index=True)
    asked_by: Mapped[str] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    answered_by: Mapped[str | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
