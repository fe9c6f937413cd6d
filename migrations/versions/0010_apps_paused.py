"""A developer may stop a secret of an app and let it work again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "app_secret",
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
