"""The job row."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.jobs.types import State
from shouyue.ground.store.columns import Id, Instant, Json, Number, Table, Word

# lint: allow raw-sql a member of our own enumeration; an index takes no bound values
_WAITING = sa.text(f"state = '{State.WAITING}'")


class JobRow(Table):
    """One piece of work not yet finished. Finishing deletes it."""

    __tablename__ = "job"
    __subject__ = "subject"
    __item__ = "DI-32"
    # A key is taken only while its job waits: news that arrives during a run asks for another run.
    __table_args__ = (
        Index("ux_job_once", "once", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_job_due", "state", "due"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Word(64))
    subject: Mapped[str] = mapped_column(Id, default="", index=True)
    args: Mapped[dict[str, str | int]] = mapped_column(Json)
    due: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Word(8), default=State.WAITING)
    attempt: Mapped[int] = mapped_column(Number, default=0)  # claims so far
    # Failures in a row, lost leases among them.
    failed: Mapped[int] = mapped_column(Number, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    # lint: allow plain-secret it fences, it opens nothing
    lease_token: Mapped[str | None] = mapped_column(Id)  # fencing: the newest claim
    last_error: Mapped[str] = mapped_column(Word(64), default="")  # a class name, no message
    once: Mapped[str | None] = mapped_column(Word(128))
