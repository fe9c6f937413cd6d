"""The rows of looks: each look into the vault."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Id, Instant, Json, Table, Word
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
