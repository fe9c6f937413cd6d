"""A code may be bound to the client that asked for it (RFC 7636)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "oauth_code",
        sa.Column("challenge", sa.String(length=43), server_default="", nullable=False),
    )
