"""Rows of the traffic room. They name apps and requests; the people behind a call stay unknown."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import BigNumber, Id, Instant, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item

_WHY = "Calls of a company's app: ids, names of APIs, results and a cut network."
_IN_ORDER = {"sqlite_with_rowid": False}  # rows lie in the order of their key, once


class CallRow(Table):
    """One answered call, kept half a year and more (network security law, article 23).

    Ids begin with their time, so the newest line is the last: no index, and no page in the middle
    to be written again. What an app called is found by `TrailRow`.
    """

    __tablename__ = "api_call"
    __why__ = _WHY
    __item__ = Item.DI_31
    __table_args__ = _IN_ORDER

    request: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    app: Mapped[str] = mapped_column(Id)
    api: Mapped[str] = mapped_column(Word(100))
    verb: Mapped[str] = mapped_column(Word(16))
    client: Mapped[str] = mapped_column(String(48), info=holds(Item.DI_30))
    grant: Mapped[str] = mapped_column(Id)
    result: Mapped[int] = mapped_column(BigNumber)
    reason: Mapped[str] = mapped_column(Word(100))
    millis: Mapped[int] = mapped_column(Number)
    upstream_ms: Mapped[int] = mapped_column(Number)
    octets: Mapped[int] = mapped_column(BigNumber)


class TrailRow(Table):
    """Which lines are an app's, oldest first. Written with the sums, many of one app together.

    An index would be written with each line, and with a thousand apps on another page each time.
    """

    __tablename__ = "api_trail"
    __why__ = _WHY
    __item__ = Item.DI_31
    __table_args__ = _IN_ORDER

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    request: Mapped[str] = mapped_column(Id, primary_key=True)


class FaultRow(Table):
    """Why calls of an hour failed, by app, API and the permanent code of the refusal."""

    __tablename__ = "api_fault"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    api: Mapped[str] = mapped_column(Word(100), primary_key=True)
    reason: Mapped[str] = mapped_column(Word(100), primary_key=True)
    calls: Mapped[int] = mapped_column(BigNumber)


class HourRow(Table):
    """Sums of an hour by app and API: what charts are drawn from without counting calls again."""

    __tablename__ = "api_hour"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(Id, primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    api: Mapped[str] = mapped_column(Word(100), primary_key=True)
    calls: Mapped[int] = mapped_column(BigNumber)
    errors: Mapped[int] = mapped_column(BigNumber)
    millis: Mapped[int] = mapped_column(BigNumber)
    octets: Mapped[int] = mapped_column(BigNumber)
    in_10: Mapped[int] = mapped_column(BigNumber)
    in_30: Mapped[int] = mapped_column(BigNumber)
    in_100: Mapped[int] = mapped_column(BigNumber)
    in_300: Mapped[int] = mapped_column(BigNumber)
    in_1000: Mapped[int] = mapped_column(BigNumber)
    in_more: Mapped[int] = mapped_column(BigNumber)
