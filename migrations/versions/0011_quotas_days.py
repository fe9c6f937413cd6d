"""How often apps called on a day, and the steps on which they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_day",
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.Column("open_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("forgiven", sa.BigInteger(), nullable=False),
        sa.Column("peak", sa.Integer(), nullable=False),
        sa.Column("resets", sa.Integer(), nullable=False),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("app", "open_id", "day", name=op.f("pk_quota_day")),
    )
    with op.batch_alter_table("quota_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_day_day"), ["day"], unique=False)
    op.create_table(
        "quota_level",
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["app"], ["app.id"], name=op.f("fk_quota_level_app_app")),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_quota_level")),
    )
