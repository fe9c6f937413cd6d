"""Whether a value in restricted storage is a minor's; looks that were refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TOLD = "SELECT subject FROM {table} WHERE item = 'DI-62'"


def upgrade() -> None:
    """Add the table and the flag; set that on what there is of whoever is known to be under 14."""
    flag = sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("custody_value", flag)
    known = " UNION ".join(
        _TOLD.format(table=table) for table in ("custody_value", "holding", "sealed_document")
    )
    op.execute(f"UPDATE custody_value SET minor = true WHERE subject IN ({known})")  # noqa: S608
    op.create_table(
        "refused_look",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("items", _JSON, nullable=False),
        sa.Column("case", sa.String(64), nullable=False),
        sa.Column("refusal", sa.String(64), nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_index("ix_refused_look_actor_at", "refused_look", ["actor", "at"])
