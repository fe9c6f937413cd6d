"""Rows of the traffic room. They name apps and requests; the people behind a call stay unknown."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Table

_WHY = "Calls of a company's app: ids, names of APIs, results and a cut network."


class CallRow(Table):
    """One answered call, kept half a year and more (network security law, article 23)."""

    __tablename__ = "api_call"
    __why__ = _WHY
    __table_args__ = (Index("ix_api_call_app_at", "app", "at"),)

    request: Mapped[str] = mapped_column(String(26), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    app: Mapped[str] = mapped_column(String(26))
    api: Mapped[str] = mapped_column(String(100))
    verb: Mapped[str] = mapped_column(String(16))
    client: Mapped[str] = mapped_column(String(48))
    grant: Mapped[str] = mapped_column(String(26))
    result: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(100))
    millis: Mapped[int]
    upstream_ms: Mapped[int]
    octets: Mapped[int] = mapped_column(BigInteger)


class FaultRow(Table):
    """Why calls of an hour failed, by app, API and the permanent code of the refusal."""

    __tablename__ = "api_fault"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(String(26), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    api: Mapped[str] = mapped_column(String(100), primary_key=True)
    reason: Mapped[str] = mapped_column(String(100), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)


class HourRow(Table):
    """Sums of an hour by app and API: what charts are drawn from without counting calls again."""

    __tablename__ = "api_hour"
    __why__ = _WHY

    app: Mapped[str] = mapped_column(String(26), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    api: Mapped[str] = mapped_column(String(100), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)
    millis: Mapped[int] = mapped_column(BigInteger)
    octets: Mapped[int] = mapped_column(BigInteger)
    in_10: Mapped[int] = mapped_column(BigInteger)
    in_30: Mapped[int] = mapped_column(BigInteger)
    in_100: Mapped[int] = mapped_column(BigInteger)
    in_300: Mapped[int] = mapped_column(BigInteger)
    in_1000: Mapped[int] = mapped_column(BigInteger)
    in_more: Mapped[int] = mapped_column(BigInteger)
