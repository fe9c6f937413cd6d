"""Sharing: a release is one row, and each person in it a row of two columns.

A page of twenty people wrote twenty rows of 280 bytes, each with the same call, moment and items.
Rows that are there become releases of one person each: they keep their ids, which the evidence of
their batch names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_PEOPLE = {"subject": sa.String(length=26), "ref": sa.LargeBinary(length=16)}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        link = op.get_bind().connection.driver_connection
        link.create_function("of_hex", 1, bytes.fromhex, deterministic=True)
    spelled = {"subject": "subject", "ref": "of_hex(ref)"}
    if dialect == "postgresql":
        spelled["ref"] = "decode(ref, 'hex')"
    for name, kind in _PEOPLE.items():
        _make(name, kind)
        op.execute(
            f"INSERT INTO data_release_{name} ({name}, release)"  # noqa: S608 - names of ours
            f" SELECT {spelled[name]}, id FROM data_release WHERE {name} IS NOT NULL ORDER BY 1"
        )
    op.drop_index("ix_data_release_ref", table_name="data_release")
    op.drop_index("ix_data_release_subject_at", table_name="data_release")
    for name in _PEOPLE:
        op.drop_column("data_release", name)


def _make(name: str, kind: sa.types.TypeEngine[object]) -> None:
    table = f"data_release_{name}"
    op.create_table(
        table,
        sa.Column(name, kind, nullable=False),
        sa.Column("release", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["data_release.id"], name=op.f(f"fk_{table}_release")),
        sa.PrimaryKeyConstraint(name, "release", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
