"""Rows of the handling room: an app's word of what it did, and nobody whom it did it to."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import BigNumber, Day, Id, Instant, Table, Word, holds
from shouyue.privacy.policy.items import Item

_WHY = "An app's own log: kinds, moments, hosts, counts and a cut network; nobody is named."


class ReportRow(Table):
    """One line, kept a year. Ids begin with their time, so that the oldest are the first."""

    __tablename__ = "app_report"
    __why__ = _WHY
    __item__ = Item.DI_31

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    app: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(Word(8))
    at: Mapped[datetime] = mapped_column(Instant)
    received: Mapped[datetime] = mapped_column(Instant)
    client: Mapped[str] = mapped_column(String(48), info=holds(Item.DI_30))
    host: Mapped[str] = mapped_column(Word(200))
    sent_to: Mapped[str] = mapped_column(Word(200))
    operation: Mapped[int] = mapped_column(BigNumber)
    outcome: Mapped[str] = mapped_column(Word(20))
    orders: Mapped[int] = mapped_column(BigNumber)


class ReportDayRow(Table):
    """Sums of a Beijing day: what pages are made of without reading lines."""

    __tablename__ = "app_report_day"
    __why__ = _WHY
    __table_args__ = (Index("ix_app_report_day_day", "day"),)

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(8), primary_key=True)
    sent_to: Mapped[str] = mapped_column(Word(200), primary_key=True)
    lines: Mapped[int] = mapped_column(BigNumber)
    orders: Mapped[int] = mapped_column(BigNumber)
