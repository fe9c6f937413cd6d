"""The rows of looks: each look into the vault, and each that was refused."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Id, Instant, Json, Number, Table, Word
from shouyue.privacy.policy.items import Item


class VaultAccess(Table):
    """One look into the vault (INV-02, DI-71); written before the value is released."""

    __tablename__ = "vault_access"
    __subject__ = "subject"
    __item__ = Item.DI_71

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    actor: Mapped[str] = mapped_column(Id(64))
    role: Mapped[str] = mapped_column(Word(64))
    purpose: Mapped[str] = mapped_column(Word(8))
    basis: Mapped[str] = mapped_column(Word(24))
    case: Mapped[str] = mapped_column(Id(64))
    reason: Mapped[str] = mapped_column(Word(64))
    items: Mapped[list[str]] = mapped_column(Json)
    leaf: Mapped[str] = mapped_column(Id(64))
    permit: Mapped[str] = mapped_column(Id, index=True)  # the grant; empty for the house


class RefusedLook(Table):
    """A look that staff were refused. The last of a member's day counts those that came after."""

    __tablename__ = "refused_look"
    __subject__ = None
    __why__ = "an employee in office, by staff id; at whom they would have looked is not kept here"
    __table_args__ = (Index("ix_refused_look_actor_at", "actor", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str] = mapped_column(Id(64))
    role: Mapped[str] = mapped_column(Word(64))
    purpose: Mapped[str] = mapped_column(Word(8))
    items: Mapped[list[str]] = mapped_column(Json)
    case: Mapped[str] = mapped_column(Id(64))
    refusal: Mapped[str] = mapped_column(Word(64))
    leaf: Mapped[str] = mapped_column(Id(64))
    times: Mapped[int] = mapped_column(Number)
