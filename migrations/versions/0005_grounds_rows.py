"""Grounds rows.

What is held already gets the ground on which it stands; who has an account is a party to ours.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FACTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_UNDER = (
    "CASE WHEN basis = 'CONTRACT_SELF' THEN 'developer-agreement' "
    "WHEN basis = 'LEGAL_DUTY' AND purpose = 'P2' THEN 'ecl-27' "
    "WHEN basis = 'LEGAL_DUTY' AND purpose = 'P8' THEN 'ecl-36' ELSE '' END"
)
_COLUMNS = "id, subject, item, purpose, basis, under, fixed_at"


def upgrade() -> None:
    op.create_table(
        "contract_party",
        sa.Column("subject", sa.String(length=26), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", "contract", name=op.f("pk_contract_party")),
    )
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject", sa.String(length=26), nullable=False),
        sa.Column("danger", sa.String(length=16), nullable=False),
        sa.Column("items", FACTS, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.String(length=26), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    with op.batch_alter_table("emergency") as batch_op:
        batch_op.create_index("ix_emergency_stage", ["stage"], unique=False)
        batch_op.create_index("ix_emergency_subject", ["subject"], unique=False)
    op.create_table(
        "ground",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject", sa.String(length=26), nullable=False),
        sa.Column("item", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("under", sa.String(length=32), nullable=False),
        sa.Column("fixed_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground")),
    )
    live = sa.text("ended_at IS NULL")
    with op.batch_alter_table("ground") as batch_op:
        batch_op.create_index("ix_ground_ended_at", ["ended_at"], unique=False)
        batch_op.create_index("ix_ground_subject_item", ["subject", "item"], unique=False)
        batch_op.create_index(
            "uq_ground_live",
            ["subject", "item", "purpose"],
            unique=True,
            sqlite_where=live,
            postgresql_where=live,
        )
    _fill()
    for table in ("holding", "sealed_document"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("ground", existing_type=sa.String(length=26), nullable=False)
            batch_op.create_index(f"ix_{table}_ground", ["ground"], unique=False)
            batch_op.create_foreign_key(op.f(f"fk_{table}_ground"), "ground", ["ground"], ["id"])


def _fill() -> None:
    for table in ("holding", "sealed_document"):
        op.add_column(table, sa.Column("ground", sa.String(length=26), nullable=True))
    op.execute(
        f"INSERT INTO ground ({_COLUMNS}) "  # noqa: S608 - constants alone
        f"SELECT id, subject, item, purpose, basis, {_UNDER}, at FROM holding"
    )
    first = (
        "SELECT min(e.id) FROM sealed_document e WHERE e.subject = sealed_document.subject "
        "AND e.item = sealed_document.item AND e.purpose = sealed_document.purpose"
    )
    op.execute(
        f"INSERT INTO ground ({_COLUMNS}) "  # noqa: S608
        f"SELECT id, subject, item, purpose, basis, {_UNDER}, at FROM sealed_document "
        "WHERE NOT EXISTS (SELECT 1 FROM ground g WHERE g.subject = sealed_document.subject "
        "AND g.item = sealed_document.item AND g.purpose = sealed_document.purpose) "
        f"AND id = ({first})"
    )
    for table in ("holding", "sealed_document"):
        op.execute(
            f"UPDATE {table} SET ground = (SELECT g.id FROM ground g "  # noqa: S608
            f"WHERE g.subject = {table}.subject AND g.item = {table}.item "
            f"AND g.purpose = {table}.purpose)"
        )
    op.execute(
        "INSERT INTO contract_party (subject, contract, since) "
        "SELECT subject, 'developer-agreement', made_at FROM account"
    )
