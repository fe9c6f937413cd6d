"""The rows of clearance: grants and whom they reach, papers of staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Flag, Id, Instant, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item


class ClearanceGrant(Table):
    """One grant of one member of staff, from the ask to its end (INV-54)."""

    __tablename__ = "clearance_grant"
    __subject__ = None
    __why__ = "an employee in office, by staff id; whom it reaches stands in clearance_reach"
    __table_args__ = (Index("ix_clearance_grant_member_stage", "member", "stage"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    way: Mapped[str] = mapped_column(Word(16))
    stage: Mapped[str] = mapped_column(Word(16), index=True)
    member: Mapped[str] = mapped_column(Id(64))
    post: Mapped[str] = mapped_column(Word(64))
    purpose: Mapped[str] = mapped_column(Word(8))
    need: Mapped[str] = mapped_column(Word(64))
    case: Mapped[str] = mapped_column(Id(64))
    minutes: Mapped[int] = mapped_column(Number)
    minors: Mapped[bool] = mapped_column(Flag)
    # A broken glass's why, screened of numbers.
    told: Mapped[str] = mapped_column(Text, info=holds(Item.DI_71))
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    answered_by: Mapped[str] = mapped_column(Id(64), default="")
    answered_post: Mapped[str] = mapped_column(Word(64), default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Word(16), default="")
    review_due: Mapped[datetime | None] = mapped_column(Instant)
    reviewed_by: Mapped[str] = mapped_column(Id(64), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    verdict: Mapped[str] = mapped_column(Word(16), default="")


class ClearanceReach(Table):
    """One item about one person that a grant reaches."""

    __tablename__ = "clearance_reach"
    __subject__ = "subject"
    __item__ = Item.DI_71

    permit: Mapped[str] = mapped_column(
        ForeignKey("clearance_grant.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(Id, primary_key=True, index=True)
    item: Mapped[str] = mapped_column(Word(8), primary_key=True)


class ClearancePaper(Table):
    """What a member has signed or passed: the newest of each kind and version."""

    __tablename__ = "clearance_paper"
    __subject__ = None
    __why__ = "an employee in office, by staff id"

    member: Mapped[str] = mapped_column(Id(64), primary_key=True)
    kind: Mapped[str] = mapped_column(Word(16), primary_key=True)  # undertaking or course
    version: Mapped[str] = mapped_column(Word(16), primary_key=True)
    digest: Mapped[str] = mapped_column(Digest)
    at: Mapped[datetime] = mapped_column(Instant)
