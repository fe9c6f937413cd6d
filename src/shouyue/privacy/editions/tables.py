"""Rows of the editions: they are added, adopted once, and never changed otherwise."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Flag, Id, Instant, Json, Prose, Table, Word


class EditionRow(Table):
    """One edition of the policy."""

    __tablename__ = "policy_edition"
    __why__ = "the operator's own text and its times"

    number: Mapped[str] = mapped_column(Word(24), primary_key=True)
    change: Mapped[str] = mapped_column(Word(16))
    announced_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime] = mapped_column(Instant)
    effective_at: Mapped[datetime] = mapped_column(Instant)
    adopted_at: Mapped[datetime | None] = mapped_column(Instant)
    founding: Mapped[bool] = mapped_column(Flag)
    changed: Mapped[list[str]] = mapped_column(Json)
    major: Mapped[list[str]] = mapped_column(Json)
    leaf: Mapped[str] = mapped_column(Id)


class EditionTextRow(Table):
    """What an edition said in one language; public, and readable for ever."""

    __tablename__ = "policy_edition_text"
    __why__ = "the operator's own text"

    number: Mapped[str] = mapped_column(ForeignKey("policy_edition.number"), primary_key=True)
    lang: Mapped[str] = mapped_column(Word(2), primary_key=True)
    digest: Mapped[str] = mapped_column(Digest)
    html: Mapped[str] = mapped_column(Prose)
    plain: Mapped[str] = mapped_column(Prose)
