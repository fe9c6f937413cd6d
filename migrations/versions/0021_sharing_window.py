"""What left in a window of time is found without looking at every release."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put an index on the moment of a release."""
    op.create_index("ix_data_release_at", "data_release", ["at"])
