"""Two tables that only grow: what happened, and the words under which it happened."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Id, Instant, Json, Prose, Table, Word
from shouyue.privacy.policy.items import Item


class ConsentRow(Table):
    """One event of one purpose of one person, for one recipient or for ourselves."""

    __tablename__ = "consent_event"
    __subject__ = "subject"
    __item__ = Item.DI_70
    __table_args__ = (Index("ix_consent_event_subject_purpose", "subject", "purpose"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(Word(8))
    recipient: Mapped[str] = mapped_column(Id(64), default="")
    items: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(Word(16))
    at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    notice: Mapped[str] = mapped_column(Digest)  # digest of the rendition that was shown
    # lint: allow plain-secret the id of a notice; its bearer gains nothing
    token: Mapped[str] = mapped_column(Id, index=True)  # id of the notice shown
    control: Mapped[str] = mapped_column(Word(16))
    lang: Mapped[str] = mapped_column(Word(8))
    channel: Mapped[str] = mapped_column(Word(16))
    policy_version: Mapped[str] = mapped_column(Word(32))
    leaf: Mapped[str] = mapped_column(Id(64))


class RenditionRow(Table):
    """The exact words of a notice, once for each digest."""

    __tablename__ = "notice_rendition"
    __subject__ = None
    __why__ = "a notice is the same for everybody who reads it"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    html: Mapped[str] = mapped_column(Prose)
    lang: Mapped[str] = mapped_column(Word(8))
    kind: Mapped[str] = mapped_column(Word(16))
    policy_version: Mapped[str] = mapped_column(Word(32))
    at: Mapped[datetime] = mapped_column(Instant)
