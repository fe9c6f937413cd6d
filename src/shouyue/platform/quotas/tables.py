"""Rows of the quota room. They name apps, and test users by the open id that their app knows."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import BigNumber, Day, Flag, Id, Number, Table, holds
from shouyue.privacy.policy.items import Item

_WHY = "counts of a company's app; a test user by an open id that is derived and not kept elsewhere"


class LevelRow(Table):
    """The steps of an app that has climbed; without a row it stands on the first."""

    __tablename__ = "quota_level"
    __why__ = "steps of a company's app"

    app: Mapped[str] = mapped_column(ForeignKey("app.id"), primary_key=True)
    day: Mapped[int] = mapped_column(Number)
    second: Mapped[int] = mapped_column(Number)


class DayRow(Table):
    """The calls of an app, or of one of its test users, on one Beijing day.

    `forgiven` is how many had been made at the last reset; what is above counts.
    """

    __tablename__ = "quota_day"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column(
        "open_id", String(40), primary_key=True, info=holds(Item.DI_06)
    )
    day: Mapped[date] = mapped_column(Day, primary_key=True, index=True)
    calls: Mapped[int] = mapped_column(BigNumber)
    forgiven: Mapped[int] = mapped_column(BigNumber)
    peak: Mapped[int] = mapped_column(Number)
    resets: Mapped[int] = mapped_column(Number)
    alerted: Mapped[bool] = mapped_column(Flag)
