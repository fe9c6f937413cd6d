"""Two tables that only grow: what happened, and the words under which it happened."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Json, Table


class ConsentRow(Table):
    """One event of one purpose of one person, for one recipient or for ourselves."""

    __tablename__ = "consent_event"
    __subject__ = "subject"
    __table_args__ = (Index("ix_consent_event_subject_purpose", "subject", "purpose"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    subject: Mapped[str] = mapped_column(String(26))
    purpose: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(64), default="")
    items: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    notice: Mapped[str] = mapped_column(String(64))  # digest of the rendition that was shown
    # lint: allow plain-secret the id of a notice; its bearer gains nothing
    token: Mapped[str] = mapped_column(String(26), index=True)  # id of the notice shown
    control: Mapped[str] = mapped_column(String(16))
    lang: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    policy_version: Mapped[str] = mapped_column(String(32))
    leaf: Mapped[str] = mapped_column(String(64))


class RenditionRow(Table):
    """The exact words of a notice, once for each digest."""

    __tablename__ = "notice_rendition"
    __subject__ = None
    __why__ = "a notice is the same for everybody who reads it"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    policy_version: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Instant)
