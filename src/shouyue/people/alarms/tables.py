"""The alarm row."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Day, Id, Instant, Number, Table, Word
from shouyue.people.alarms.types import AlarmState
from shouyue.privacy.policy.items import Item

# lint: allow raw-sql a member of our own enumeration; an index takes no bound values
_LIVING = sa.text(f"state != '{AlarmState.CLOSED}'")


class AlarmRow(Table):
    """One alarm. While it lives, what happens again is counted in it; closed, it is history."""

    __tablename__ = "alarm"
    __subject__ = "about"  # where it is a person's id; else an app, a member of staff or a word
    __item__ = Item.DI_32
    __table_args__ = (
        Index(
            "ux_alarm_living",
            "kind",
            "place",
            "about",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
        Index("ix_alarm_state", "state", "last_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Word(64))
    place: Mapped[str] = mapped_column(Word(128))
    about: Mapped[str] = mapped_column(Word(128), index=True)
    state: Mapped[str] = mapped_column(Word(8), default=AlarmState.OPEN)
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    count: Mapped[int] = mapped_column(Number)
    seen_by: Mapped[str] = mapped_column(Id, default="")
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str] = mapped_column(Id, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Word(16), default="")


class AlarmDayRow(Table):
    """How often a kind was noticed at a place on one Beijing day; closing an alarm leaves it."""

    __tablename__ = "alarm_day"
    __subject__ = None
    __why__ = "counts by day, of nobody in particular"

    kind: Mapped[str] = mapped_column(Word(64), primary_key=True)
    place: Mapped[str] = mapped_column(Word(128), primary_key=True)
    day: Mapped[date] = mapped_column(Day, primary_key=True)
    count: Mapped[int] = mapped_column(Number)
