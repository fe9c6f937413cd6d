"""What apps report of their own use of what they received."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the lines of apps' own logs, and their sums by day."""
    op.create_table(
        "app_report",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("app", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(48), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("sent_to", sa.String(200), nullable=False),
        sa.Column("operation", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("orders", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "app_report_day",
        sa.Column("app", sa.String(26), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("sent_to", sa.String(200), primary_key=True),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column("orders", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_app_report_day_day", "app_report_day", ["day"])
