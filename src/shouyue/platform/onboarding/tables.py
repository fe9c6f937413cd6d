"""Cases: ids, states, digests and times. What people and companies are called is in the vault."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Digest, Id, Instant, Json, Number, Table, Word, holds
from shouyue.privacy.policy.items import Item


class CaseRow(Table):
    """One application for certification. The enterprise is a subject of its own in the vault."""

    __tablename__ = "certification_case"
    __subject__ = "applicant"
    __item__ = Item.DI_25

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    applicant: Mapped[str] = mapped_column(Id, index=True)
    # The applicant again while the case is not over: one live case a person, even in a race.
    live: Mapped[str | None] = mapped_column(Id, unique=True)
    enterprise: Mapped[str] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(Word(16), index=True)
    version: Mapped[int] = mapped_column(Number, default=1)
    told: Mapped[str] = mapped_column(Digest)  # digest of the notice it began with
    code_mac: Mapped[str] = mapped_column(Digest, default="", index=True)
    # Digest of the words confirmed.
    authority: Mapped[str] = mapped_column(String(64), default="", info=holds(Item.DI_22))
    made_at: Mapped[datetime] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant, index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class PartyRow(Table):
    """Who holds a role: the legal representative (S2) or the administrator (S3)."""

    __tablename__ = "case_party"
    __subject__ = "subject"
    __item__ = Item.DI_25

    case: Mapped[str] = mapped_column(ForeignKey("certification_case.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Word(8), primary_key=True)
    subject: Mapped[str] = mapped_column(Id, index=True)
    same: Mapped[str] = mapped_column(Word(10))


class CheckRow(Table):
    """What one machine check said, without what it looked at (DI-25)."""

    __tablename__ = "case_check"
    __why__ = "a code and its outcome; whose it is, the case knows"
    __item__ = Item.DI_25

    case: Mapped[str] = mapped_column(ForeignKey("certification_case.id"), primary_key=True)
    # lint: allow plain-secret the name of a kind of check
    code: Mapped[str] = mapped_column(Word(24), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10), info=holds(Item.DI_25))
    at: Mapped[datetime] = mapped_column(Instant)


class EventRow(Table):
    """One move of a case, with its leaf in the ledger."""

    __tablename__ = "case_event"
    __why__ = "states and times; whose they are, the case knows"
    __item__ = Item.DI_25

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case: Mapped[str] = mapped_column(ForeignKey("certification_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[str] = mapped_column(Word(16))
    after: Mapped[str] = mapped_column(Word(16))
    cause: Mapped[str] = mapped_column(Word(32))
    actor: Mapped[str] = mapped_column(Id)
    leaf: Mapped[str] = mapped_column(Id(64))


class DecisionRow(Table):
    """What a reviewer decided: reasons are codes by item, never sentences."""

    __tablename__ = "case_decision"
    __why__ = "an employee's decision by staff id; whose case it is, the case knows"
    __item__ = Item.DI_25

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case: Mapped[str] = mapped_column(ForeignKey("certification_case.id"), index=True)
    version: Mapped[int] = mapped_column(Number)
    reviewer: Mapped[str] = mapped_column(Id)
    outcome: Mapped[str] = mapped_column(Word(16))
    reasons: Mapped[dict[str, str]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Instant)
