"""Rows of the quota room. They name apps, and test users by the open id that their app knows."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Table

_WHY = "counts of a company's app; a test user by an open id that is derived and not kept elsewhere"


class LevelRow(Table):
    """The steps of an app that has climbed; without a row it stands on the first."""

    __tablename__ = "quota_level"
    __why__ = "steps of a company's app"

    app: Mapped[str] = mapped_column(ForeignKey("app.id"), primary_key=True)
    day: Mapped[int]
    second: Mapped[int]


class DayRow(Table):
    """The calls of an app, or of one of its test users, on one Beijing day.

    `forgiven` is how many had been made at the last reset; what is above counts.
    """

    __tablename__ = "quota_day"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(String(26), primary_key=True)
    user: Mapped[str] = mapped_column("open_id", String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    forgiven: Mapped[int] = mapped_column(BigInteger)
    peak: Mapped[int]
    resets: Mapped[int]
    alerted: Mapped[bool]
