"""A grant to an app in development is a test user's."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "merchant_grant",
        sa.Column("is_test", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
