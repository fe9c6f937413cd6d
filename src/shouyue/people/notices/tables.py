"""Rows of the notice room. Addresses are digests; what a template names are ids and masks."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Flag, Id, Instant, Json, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item


class NoticeRow(Table):
    """One message in one person's inbox, with what it was sent for (2.2②)."""

    __tablename__ = "notice"
    __subject__ = "subject"
    __item__ = Item.DI_36

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(Word(16))
    template: Mapped[str] = mapped_column(Word(64))
    template_digest: Mapped[str] = mapped_column(Digest)
    purpose: Mapped[str] = mapped_column(Word(8))
    basis: Mapped[str] = mapped_column(Word(32))
    lang: Mapped[str] = mapped_column(Word(8))
    facts: Mapped[dict[str, str | int]] = mapped_column(Json, info=holds(Item.DI_36))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class DeliveryRow(Table):
    """One notice on its way by one channel (DI-36)."""

    __tablename__ = "delivery"
    __subject__ = "subject"
    __item__ = Item.DI_36

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    notice: Mapped[str] = mapped_column(Id, index=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    channel: Mapped[str] = mapped_column(Word(8))
    state: Mapped[str] = mapped_column(Word(16))
    cause: Mapped[str] = mapped_column(Word(32), default="")  # why not: a code
    attempts: Mapped[int] = mapped_column(Number, default=0)
    # Keyed MAC.
    destination_digest: Mapped[str] = mapped_column(String(64), default="", info=holds(Item.DI_36))
    at: Mapped[datetime] = mapped_column(Instant)  # of the state


class NoticePreference(Table):
    """Whether a person wants a class by a channel. No row: the class's own default."""

    __tablename__ = "notice_preference"
    __subject__ = "subject"
    __item__ = Item.DI_70

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(16), primary_key=True)
    channel: Mapped[str] = mapped_column(Word(8), primary_key=True)
    wanted: Mapped[bool] = mapped_column(Flag)
    at: Mapped[datetime] = mapped_column(Instant)


class Suppression(Table):
    """A destination that gets no survey again, also under another account (DI-74)."""

    __tablename__ = "notice_suppression"
    __why__ = "A keyed digest of a destination; outlives the account so that the refusal holds."
    __item__ = Item.DI_74

    digest: Mapped[str] = mapped_column(String(64), primary_key=True, info=holds(Item.DI_74))
    at: Mapped[datetime] = mapped_column(Instant)
