"""What a purpose holds is found without looking at everybody's."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = ("holding", "sealed_document")


def upgrade() -> None:
    """Put an index on the purpose."""
    for table in _TABLES:
        op.create_index(f"ix_{table}_purpose", table, ["purpose"])
