"""When the directory was asked about a sub-account and answered; tokens found by their end."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("merchant", sa.Column("asked", sa.DateTime(timezone=True), nullable=True))
    op.add_column("merchant", sa.Column("heard", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("oauth_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oauth_token_until"), ["until"], unique=False)
