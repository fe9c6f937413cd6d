"""Why the operator's staff stopped all secrets of an app."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason; what was frozen before was frozen for a leak."""
    op.add_column("app", sa.Column("frozen", sa.String(16), nullable=True))
    op.execute(
        "UPDATE app SET frozen = 'leak' WHERE id IN "
        "(SELECT app FROM app_secret WHERE state = 'frozen')"
    )
