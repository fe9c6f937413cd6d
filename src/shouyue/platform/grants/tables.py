"""Rows of shops and grants, by ids and numbers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Flag, Id, Instant, Json, Table, Word, holds
from shouyue.privacy.policy.items import Item


class MerchantRow(Table):
    """A person of a shop, by numbers: its main account (staff 0), or one of its sub-accounts.

    `lets` are the packages that the main account lets a sub-account give; `ended`: it is gone.
    `asked` and `heard`: when the directory was last asked about a sub-account, and last answered.
    """

    __tablename__ = "merchant"
    __subject__ = "subject"
    __item__ = Item.DI_06
    __table_args__ = (UniqueConstraint("seller_id", "staff_id"),)

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    seller_id: Mapped[int] = mapped_column(BigInteger, info=holds(Item.DI_06))
    staff_id: Mapped[int] = mapped_column(BigInteger, server_default="0", info=holds(Item.DI_06))
    lets: Mapped[list[str] | None] = mapped_column(Json)
    linked: Mapped[datetime] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)
    asked: Mapped[datetime | None] = mapped_column(Instant)
    heard: Mapped[datetime | None] = mapped_column(Instant)


class GrantRow(Table):
    """One authorisation of one app by one merchant. A later one is a new row.

    `staff_id` is not 0 where a sub-account gave it.
    """

    __tablename__ = "merchant_grant"
    __subject__ = "subject"
    __item__ = Item.DI_70
    __table_args__ = (Index("ix_merchant_grant_subject_app", "subject", "app"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    app: Mapped[str] = mapped_column(Id, index=True)
    subject: Mapped[str] = mapped_column(ForeignKey("merchant.subject"))
    open_id: Mapped[str] = mapped_column(String(40), index=True, info=holds(Item.DI_06))
    scopes: Mapped[list[str]] = mapped_column(Json)
    provision: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(Word(8))
    given: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)
    is_test: Mapped[bool] = mapped_column(Flag, server_default=sa.false())
    staff_id: Mapped[int] = mapped_column(BigInteger, server_default="0", info=holds(Item.DI_06))
