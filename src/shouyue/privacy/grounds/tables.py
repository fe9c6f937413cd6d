"""The rows of grounds: why an item is held, who is party to what, what is switched off."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Id, Instant, Json, Table, Word
from shouyue.privacy.policy.items import Item

_LIVE, _OVER = text("ended_at IS NULL"), text("ended_at IS NOT NULL")


class GroundRow(Table):
    """The ground of an item about a person for a purpose; holdings point to it (INV-04)."""

    __tablename__ = "ground"
    __subject__ = "subject"
    __item__ = Item.DI_70
    __table_args__ = (
        Index("ix_ground_over", "subject", sqlite_where=_OVER, postgresql_where=_OVER),
        Index("ix_ground_ended_at", "ended_at", sqlite_where=_OVER, postgresql_where=_OVER),
        Index(
            "uq_ground_live",
            "subject",
            "item",
            "purpose",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id)
    item: Mapped[str] = mapped_column(Word(8))
    purpose: Mapped[str] = mapped_column(Word(8))
    basis: Mapped[str] = mapped_column(Word(24))
    under: Mapped[str] = mapped_column(Id(32))
    fixed_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end: Mapped[str | None] = mapped_column(Word(16))


class ContractParty(Table):
    """A person's own contract with us (INV-05)."""

    __tablename__ = "contract_party"
    __subject__ = "subject"
    __item__ = Item.DI_70

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    contract: Mapped[str] = mapped_column(Word(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)


class PurposeSwitch(Table):
    """A purpose that a person has switched off; on is the absence of the row (INV-03)."""

    __tablename__ = "purpose_switch"
    __subject__ = "subject"
    __item__ = Item.DI_70

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(Word(8), primary_key=True)
    off_at: Mapped[datetime] = mapped_column(Instant)


class EmergencyRow(Table):
    """A danger to one person or to others, on the word of two members of staff (PIPL 13(1)(4))."""

    __tablename__ = "emergency"
    __subject__ = "subject"
    __item__ = Item.DI_71

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    danger: Mapped[str] = mapped_column(Word(16))
    items: Mapped[list[str]] = mapped_column(Json)
    stage: Mapped[str] = mapped_column(Word(16), index=True)
    asked_by: Mapped[str] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(Id)
    until: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
