"""Rows of the authorisation server. Tokens and codes are stored as fingerprints only."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Flag, Id, Instant, Table, Word


class CodeRow(Table):
    """A code: two minutes, once. Used a second time, it takes back what it gave."""

    __tablename__ = "oauth_code"
    __why__ = "belongs to a grant, which names the person"

    fingerprint: Mapped[str] = mapped_column(Digest, primary_key=True)
    grant: Mapped[str] = mapped_column("grant_id", ForeignKey("merchant_grant.id"), index=True)
    challenge: Mapped[str] = mapped_column(Digest(43), server_default="")  # RFC 7636, S256
    until: Mapped[datetime] = mapped_column(Instant)
    used: Mapped[datetime | None] = mapped_column(Instant)


class TokenRow(Table):
    """A token of a grant, or of an app alone (no grant)."""

    __tablename__ = "oauth_token"
    __why__ = "belongs to a grant, which names the person"

    fingerprint: Mapped[str] = mapped_column(Digest, primary_key=True)
    app: Mapped[str] = mapped_column(Id, index=True)
    grant: Mapped[str | None] = mapped_column(
        "grant_id", ForeignKey("merchant_grant.id"), index=True
    )
    kind: Mapped[str] = mapped_column(Word(8))
    until: Mapped[datetime] = mapped_column(Instant, index=True)  # shortened to discard
    discarded: Mapped[bool] = mapped_column(Flag)
    revoked: Mapped[bool] = mapped_column(Flag)
    created: Mapped[datetime] = mapped_column(Instant)
