"""Own words: ids, answers and times. Who somebody is lies in the vault."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Id, Instant, Number, Table, Word
from shouyue.privacy.policy.items import Item


class ConfirmationRow(Table):
    """The own word of one person about one role (D3). The link is derived, never stored."""

    __tablename__ = "confirmation"
    __subject__ = "subject"
    __item__ = Item.DI_22
    __table_args__ = (Index("uq_confirmation_case_role", "case", "role", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case: Mapped[str] = mapped_column(Id)
    role: Mapped[str] = mapped_column(Word(8))
    subject: Mapped[str] = mapped_column(Id, index=True)
    applicant: Mapped[str] = mapped_column(Id, index=True)
    enterprise: Mapped[str] = mapped_column(Id)
    answer: Mapped[str] = mapped_column(Word(10))
    sendings: Mapped[int] = mapped_column(Number, default=0)
    tries: Mapped[int] = mapped_column(Number, default=0)
    due: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    # When the case was over: who had not answered by then is asked no longer.
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
