"""Which app each change of access was about, so that a gateway forgets that one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_change")),
    )
