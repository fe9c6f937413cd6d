"""Accounts, codes and sessions: digests, states and times. No phone, no address, no code."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Table


class AccountRow(Table):
    """One person's account."""

    __tablename__ = "account"
    __subject__ = "subject"

    subject: Mapped[str] = mapped_column(String(26), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(24))
    made_at: Mapped[datetime] = mapped_column(Instant)


class ChallengeRow(Table):
    """One code that was sent to a phone. Gone after a day."""

    __tablename__ = "phone_challenge"
    __subject__ = None
    __why__ = "nobody is known yet; phone and address are here only as keyed digests, for a day"
    # One code a minute holds even when two requests race.
    __table_args__ = (UniqueConstraint("target", "slot"), Index(None, "client", "at"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    target: Mapped[str] = mapped_column(String(64), index=True)
    client: Mapped[str] = mapped_column(String(64))
    code_mac: Mapped[str] = mapped_column(String(64))
    slot: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SpentTicketRow(Table):
    """A proof of identity that has been used, so that it is not used again."""

    __tablename__ = "spent_ticket"
    __subject__ = None
    __why__ = "the id of a proof says nothing about the person, and is gone after an hour"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class SessionRow(Table):
    """One signed-in device. The token is not here, only its fingerprint."""

    __tablename__ = "account_session"
    __subject__ = "subject"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    subject: Mapped[str] = mapped_column(String(26), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    family: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(String(32), default="")
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    step_up_at: Mapped[datetime | None] = mapped_column(Instant)
