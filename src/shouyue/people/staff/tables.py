"""Staff by handle: hashes, sealed secrets, public keys, states and times."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import (
    Ciphertext,
    Digest,
    Flag,
    Holds,
    Id,
    Instant,
    Json,
    Number,
    Table,
    Word,
    holds,
)


class StaffRow(Table):
    """A member of the operator's staff, by a login name that the operator assigns."""

    __tablename__ = "staff"
    __subject__ = None
    __why__ = "a handle, roles and credentials of an employee in office; no private person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(Word(32), unique=True)
    password_hash: Mapped[str] = mapped_column(Text, info=holds(Holds.DIGEST))
    otp_sealed: Mapped[bytes] = mapped_column(Ciphertext)
    otp_step: Mapped[int] = mapped_column(Number, default=0)
    roles: Mapped[list[str]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Flag, default=True)
    failures: Mapped[int] = mapped_column(Number, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)


class StaffSessionRow(Table):
    """One signed-in member of staff."""

    __tablename__ = "staff_session"
    __subject__ = None
    __why__ = "an employee in office, by staff id"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff: Mapped[str] = mapped_column(Id, index=True)
    fingerprint: Mapped[str] = mapped_column(Digest, unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class StaffPasskeyRow(Table):
    """A public key that stands for a member of staff."""

    __tablename__ = "staff_passkey"
    __subject__ = None
    __why__ = "a public key of an employee in office, by staff id"

    credential: Mapped[str] = mapped_column(
        String(1400), primary_key=True, info=holds(Holds.PUBLIC)
    )
    staff: Mapped[str] = mapped_column(Id, index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary, info=holds(Holds.PUBLIC))
    sign_count: Mapped[int] = mapped_column(Number)
    made_at: Mapped[datetime] = mapped_column(Instant)
