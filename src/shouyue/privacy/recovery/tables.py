"""One row for each restore: from which backup, and whether erasures were done again."""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shouyue.ground.store.columns import Instant, Table


class Restoration(Table):
    """A restore. While `done_at` is empty the house stays shut (INV-18).

    `lost` is the size that the evidence log had reached before; `note` the checkpoint that said so.
    """

    __tablename__ = "restoration"
    __why__ = "A backup's id, times, and two sizes of the evidence log."

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    backup: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(Instant)
    size: Mapped[int] = mapped_column(BigInteger)
    lost: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)
    journal_lines: Mapped[int] = mapped_column(BigInteger)
    journal_digest: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
