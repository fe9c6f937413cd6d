"""A line of the access log costs no index: lines lie in the order of time, an app's in a trail."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_trail",
        sa.Column("app", sa.String(length=26), nullable=False),
        sa.Column("request", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("app", "request", name=op.f("pk_api_trail")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO api_trail (app, request)"
        " SELECT app, request FROM api_call WHERE app <> '' ORDER BY app, request"
    )
    op.drop_index("ix_api_call_app_at", table_name="api_call")
    op.drop_index("ix_api_call_at", table_name="api_call")
    if op.get_bind().dialect.name == "sqlite":
        in_order = {"sqlite_with_rowid": False}
        with op.batch_alter_table("api_call", recreate="always", table_kwargs=in_order):
            pass  # copied as it is, without a number of its own for each row
