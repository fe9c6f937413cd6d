"""The job row."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.jobs.types import State
from shouyue.ground.store.columns import Instant, Json, Table

# lint: allow raw-sql a member of our own enumeration; an index takes no bound values
_WAITING = sa.text(f"state = '{State.WAITING}'")


class JobRow(Table):
    """One piece of work not yet finished. Finishing deletes it."""

    __tablename__ = "job"
    __subject__ = "subject"
    # A key is taken only while its job waits: news that arrives during a run asks for another run.
    __table_args__ = (
        Index("ux_job_once", "once", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_job_due", "state", "due"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(26), default="", index=True)
    args: Mapped[dict[str, str | int]] = mapped_column(Json)
    due: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(8), default=State.WAITING)
    attempt: Mapped[int] = mapped_column(default=0)  # claims so far
    failed: Mapped[int] = mapped_column(default=0)  # failures in a row, lost leases among them
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    # lint: allow plain-secret it fences, it opens nothing
    lease_token: Mapped[str | None] = mapped_column(String(26))  # fencing: the newest claim
    last_error: Mapped[str] = mapped_column(String(64), default="")  # a class name, no message
    once: Mapped[str | None] = mapped_column(String(128))
