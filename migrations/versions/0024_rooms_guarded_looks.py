"""Whether a value in restricted storage is a minor's."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TOLD = "SELECT subject FROM {table} WHERE item = 'DI-62'"


def upgrade() -> None:
    """Add the flag; set it on what there is of whoever is known to be under fourteen."""
    flag = sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("custody_value", flag)
    known = " UNION ".join(
        _TOLD.format(table=table) for table in ("custody_value", "holding", "sealed_document")
    )
    op.execute(f"UPDATE custody_value SET minor = true WHERE subject IN ({known})")  # noqa: S608
