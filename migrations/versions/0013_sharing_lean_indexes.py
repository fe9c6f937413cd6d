"""Releases: indexes of what is asked for, and of no empty columns.

A page of orders writes twenty rows. Nobody asks for the rows of a provision, and a row has a
subject or a reference, so each of the two indexes holds only the rows that have one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("provision", "ref", "subject_at"):
        op.drop_index(f"ix_data_release_{name}", table_name="data_release")
    for name, columns in (("ref", ["ref"]), ("subject_at", ["subject", "at"])):
        filled = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(
            f"ix_data_release_{name}",
            "data_release",
            columns,
            sqlite_where=filled,
            postgresql_where=filled,
        )
