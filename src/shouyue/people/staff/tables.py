"""Staff by handle: hashes, sealed secrets, public keys, states and times."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Json, Table


class StaffRow(Table):
    """A member of the operator's staff, by a login name that the operator assigns."""

    __tablename__ = "staff"
    __subject__ = None
    __why__ = "a handle, roles and credentials of an employee in office; no private person"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    login: Mapped[str] = mapped_column(String(32), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    otp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    otp_step: Mapped[int] = mapped_column(default=0)
    roles: Mapped[list[str]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)


class StaffSessionRow(Table):
    """One signed-in member of staff."""

    __tablename__ = "staff_session"
    __subject__ = None
    __why__ = "an employee in office, by staff id"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    staff: Mapped[str] = mapped_column(String(26), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class StaffPasskeyRow(Table):
    """A public key that stands for a member of staff."""

    __tablename__ = "staff_passkey"
    __subject__ = None
    __why__ = "a public key of an employee in office, by staff id"

    credential: Mapped[str] = mapped_column(String(1400), primary_key=True)
    staff: Mapped[str] = mapped_column(String(26), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
