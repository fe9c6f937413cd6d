"""Accounts, codes and sessions: digests, states and times. No phone, no address, no code."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Id, Instant, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item


class AccountRow(Table):
    """One person's account."""

    __tablename__ = "account"
    __subject__ = "subject"
    __item__ = Item.DI_06

    subject: Mapped[str] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, info=holds(Item.DI_06))
    state: Mapped[str] = mapped_column(Word(24))
    made_at: Mapped[datetime] = mapped_column(Instant)


class ChallengeRow(Table):
    """One code that was sent to a phone. Gone after a day."""

    __tablename__ = "phone_challenge"
    __subject__ = None
    __why__ = "nobody is known yet; phone and address are here only as keyed digests, for a day"
    # One code a minute holds even when two requests race.
    __table_args__ = (UniqueConstraint("target", "slot"), Index(None, "client", "at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    target: Mapped[str] = mapped_column(String(64), index=True, info=holds(Item.DI_01))
    client: Mapped[str] = mapped_column(String(64), info=holds(Item.DI_30))
    code_mac: Mapped[str] = mapped_column(String(64), info=holds(Item.DI_02))
    slot: Mapped[int] = mapped_column(Number)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(Number, default=0)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SpentTicketRow(Table):
    """A proof of identity that has been used, so that it is not used again."""

    __tablename__ = "spent_ticket"
    __subject__ = None
    __why__ = "the id of a proof says nothing about the person, and is gone after an hour"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class SessionRow(Table):
    """One signed-in device. The token is not here, only its fingerprint."""

    __tablename__ = "account_session"
    __subject__ = "subject"
    __item__ = Item.DI_08

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True, info=holds(Item.DI_07))
    family: Mapped[str] = mapped_column(String(32), info=holds(Item.DI_08))
    place: Mapped[str] = mapped_column(String(32), default="", info=holds(Item.DI_08))
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    step_up_at: Mapped[datetime | None] = mapped_column(Instant)
