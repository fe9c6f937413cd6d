"""One row for each restore: from which backup, and whether erasures were done again."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import BigNumber, Digest, Holds, Id, Instant, Table, holds


class Restoration(Table):
    """A restore. While `done_at` is empty the house stays shut (INV-18).

    `lost` is the size that the evidence log had reached before; `note` the checkpoint that said so.
    """

    __tablename__ = "restoration"
    __why__ = "A backup's id, times, and two sizes of the evidence log."

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    backup: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Instant)
    size: Mapped[int] = mapped_column(BigNumber)
    lost: Mapped[int] = mapped_column(BigNumber)
    note: Mapped[str] = mapped_column(Text, info=holds(Holds.PUBLIC))
    journal_lines: Mapped[int] = mapped_column(BigNumber)
    journal_digest: Mapped[str] = mapped_column(Digest)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
