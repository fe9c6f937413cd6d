"""Rows of the sharing room."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Id, Instant, Json, Table, Word
from shouyue.privacy.policy.items import Item


class RecipientRow(Table):
    """One organisation's standing as a receiver; its people are in the vault, if anywhere."""

    __tablename__ = "recipient"
    __why__ = "an organisation's role, by references"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(20))
    enterprise: Mapped[str] = mapped_column(Id(64))
    contract: Mapped[str] = mapped_column(Id(64))
    standing: Mapped[str] = mapped_column(Word(12))
    since: Mapped[datetime] = mapped_column(Instant)


class ProvisionRow(Table):
    """What one recipient may receive by one person's decision (or by law: no subject)."""

    __tablename__ = "provision"
    __subject__ = "subject"
    __item__ = Item.DI_70

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recipient: Mapped[str] = mapped_column(ForeignKey("recipient.id"), index=True)
    subject: Mapped[str | None] = mapped_column(Id, index=True)
    items: Mapped[list[str]] = mapped_column(Json)
    purpose: Mapped[str] = mapped_column(Word(8))
    basis: Mapped[str] = mapped_column(Word(20))
    clause: Mapped[str] = mapped_column(Word(16))
    notice: Mapped[str] = mapped_column(Digest)  # digest of what the person was shown
    case: Mapped[str] = mapped_column("case_ref", Id(64), index=True)
    state: Mapped[str] = mapped_column(Word(12))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)
    leaf: Mapped[str] = mapped_column(Id)


_SUBJECT, _REF = text("subject IS NOT NULL"), text("ref IS NOT NULL")


class DataRelease(Table):
    """One person's data in one answer or message: a subject of the house, or a keyed reference."""

    __tablename__ = "data_release"
    __subject__ = "subject"
    __item__ = Item.DI_71
    # A page writes twenty rows at once: no index but those that are asked, and none of nothing.
    __table_args__ = (
        Index(
            "ix_data_release_subject_at",
            "subject",
            "at",
            sqlite_where=_SUBJECT,
            postgresql_where=_SUBJECT,
        ),
        Index("ix_data_release_ref", "ref", sqlite_where=_REF, postgresql_where=_REF),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provision: Mapped[str] = mapped_column(ForeignKey("provision.id"))
    subject: Mapped[str | None] = mapped_column(Id)
    ref: Mapped[str | None] = mapped_column(Digest(32))
    items: Mapped[str] = mapped_column(Word(200))
    via: Mapped[str] = mapped_column(Word(100))
    request: Mapped[str] = mapped_column(Id(64))
    at: Mapped[datetime] = mapped_column(Instant)
    leaf: Mapped[str] = mapped_column(Id)  # of the batch it was written in
