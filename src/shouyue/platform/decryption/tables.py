"""Rows of the decryption room: which orders were opened, by keyed references, and how many."""

from datetime import date

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import BigNumber, Day, Digest, Id, Number, Table, holds
from shouyue.privacy.policy.items import Item


class DayRow(Table):
    """A shop's day: what the operator allowed, and how many orders its apps have opened."""

    __tablename__ = "decryption_day"
    __why__ = "counts of a shop, by its number"

    seller_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, info=holds(Item.DI_06)
    )
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    quota: Mapped[int] = mapped_column(Number)
    used: Mapped[int] = mapped_column(Number)
    shipped: Mapped[int] = mapped_column(BigNumber)  # in the thirty days before


class IndexedRow(Table):
    """How many plain values one app asked to index or encrypt for one shop on one day.

    A number alone: of the values not even a fingerprint is kept.
    """

    __tablename__ = "decryption_index"
    __why__ = "counts of an app and a shop, by their numbers"

    seller_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, info=holds(Item.DI_06)
    )
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    app: Mapped[str] = mapped_column(Id, primary_key=True)
    asked: Mapped[int] = mapped_column(BigNumber)


class OpenedRow(Table):
    """One order that an app opened on one day, where that is counted. Kept thirty days."""

    __tablename__ = "decryption_order"
    __why__ = "an order by a keyed reference; the buyer's record is in data_release_ref"
    __table_args__ = (Index("ix_decryption_order_app", "app", "seller_id", "day"),)

    seller_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, info=holds(Item.DI_06)
    )
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    app: Mapped[str] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column("order_ref", Digest(32), primary_key=True)
