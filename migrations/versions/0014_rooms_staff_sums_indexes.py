"""Staff of shops who authorise, failures by the hour, plain values that were indexed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


_LIST = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("merchant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("staff_id", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("lets", _LIST, nullable=True))
        batch_op.add_column(sa.Column("ended", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("uq_merchant_seller_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_merchant_seller_id_staff_id"), ["seller_id", "staff_id"]
        )
    op.add_column(
        "merchant_grant",
        sa.Column("staff_id", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_table(
        "decryption_index",
        sa.Column("seller_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", "day", "app", name=op.f("pk_decryption_index")),
    )
    op.create_table(
        "api_fault",
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("api", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("app", "since", "api", "reason", name=op.f("pk_api_fault")),
    )
