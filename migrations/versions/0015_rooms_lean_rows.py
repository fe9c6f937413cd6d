"""Rooms: leaves in line are rows of their own, written once, and hashes that are near are not kept.

A leaf waits in `ledger_leaf` and moves into `ledger_line` with its place: nothing is written over,
so the table has no holes. The database lets a leaf go from one only where it stands in the other.
A ground is in one index of its person, not in two.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FACTS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LAW = "the evidence log only grows"
_NAMED = sa.text("subject IS NOT NULL")
_COMMITTED = ("id", "at", "kind", "commitment")
_UNTIL_GONE = ("subject", "salt", "facts")


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _make_line()
    _free("ledger_leaf", "update", "delete")
    _move(dialect)
    _lean_leaf(dialect)
    _guard_leaf(dialect)
    _guard_line(dialect)
    _free("ledger_node", "delete")
    op.execute("DELETE FROM ledger_node WHERE level = 0 OR level % 4 <> 0")
    _forbid(dialect, "ledger_node", "delete", "")
    for name in ("subject_item", "ended_at"):
        op.drop_index(f"ix_ground_{name}", table_name="ground")
    for name, column in (("over", "subject"), ("ended_at", "ended_at")):
        over = sa.text("ended_at IS NOT NULL")
        op.create_index(
            f"ix_ground_{name}", "ground", [column], sqlite_where=over, postgresql_where=over
        )


def _make_line() -> None:
    op.create_table(
        "ledger_line",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject", sa.String(length=26), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("facts", FACTS, nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("id", name=op.f("uq_ledger_line_id")),
    )
    op.create_index(
        "ix_ledger_line_subject_at",
        "ledger_line",
        ["subject", "at"],
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    )


def _move(dialect: str) -> None:
    if dialect == "sqlite":
        link = op.get_bind().connection.driver_connection
        link.create_function("of_hex", 1, _of_hex, deterministic=True)
        octets = "of_hex(commitment)"
    else:
        octets = "decode(commitment, 'hex')"
    op.execute(
        "INSERT INTO ledger_line (place, at, id, kind, commitment, subject, salt, facts)"  # noqa: S608
        f" SELECT place, at, id, kind, {octets}, subject, salt, facts"
        " FROM ledger_leaf WHERE place IS NOT NULL ORDER BY place"
    )
    op.execute("DELETE FROM ledger_leaf WHERE place IS NOT NULL")


def _of_hex(told: str | bytes) -> bytes:
    # A column that becomes bytes is copied as the bytes of its text.
    return bytes.fromhex(told if isinstance(told, str) else told.decode())


def _lean_leaf(dialect: str) -> None:
    with op.batch_alter_table("ledger_leaf", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_leaf_subject_at")
        batch_op.drop_index("ix_ledger_leaf_waiting")
        batch_op.drop_constraint("uq_ledger_leaf_place", type_="unique")
        batch_op.drop_column("place")
        batch_op.alter_column(
            "commitment",
            existing_type=sa.String(length=64),
            type_=sa.LargeBinary(length=32),
            existing_nullable=False,
            postgresql_using="decode(commitment, 'hex')",
        )
    if dialect == "sqlite":
        op.execute("UPDATE ledger_leaf SET commitment = of_hex(commitment)")
    op.create_index(
        "ix_ledger_leaf_subject",
        "ledger_leaf",
        ["subject"],
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    )


def _guard_leaf(dialect: str) -> None:
    same = " AND ".join(f"{name} = OLD.{name}" for name in _COMMITTED)
    moved = f"EXISTS (SELECT 1 FROM ledger_line WHERE {same})"  # noqa: S608 - no value in it
    _forbid(dialect, "ledger_leaf", "update", f"WHEN ({_changed(dialect, _COMMITTED)})")
    if dialect == "sqlite":
        _forbid(dialect, "ledger_leaf", "delete", f"WHEN NOT {moved}")
        return
    op.execute(
        "CREATE FUNCTION ledger_leaf_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN IF {moved} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{_LAW}' USING ERRCODE = 'raise_exception'; END$$"
    )
    op.execute(
        "CREATE TRIGGER ledger_leaf_delete BEFORE DELETE ON ledger_leaf FOR EACH ROW "
        "EXECUTE FUNCTION ledger_leaf_stays()"
    )


def _guard_line(dialect: str) -> None:
    fixed = _changed(dialect, ("place", *_COMMITTED))
    _forbid(dialect, "ledger_line", "update", f"WHEN ({fixed})")
    _forbid(dialect, "ledger_line", "delete", "")
    if dialect == "postgresql":
        op.execute(
            "CREATE TRIGGER ledger_line_truncate BEFORE TRUNCATE ON ledger_line "
            "EXECUTE FUNCTION ledger_only_grows()"
        )


def _changed(dialect: str, fixed: tuple[str, ...]) -> str:
    unlike = "IS DISTINCT FROM" if dialect == "postgresql" else "IS NOT"
    parts = [f"NEW.{name} {unlike} OLD.{name}" for name in fixed]
    parts += [
        f"(NEW.{name} IS NOT NULL AND NEW.{name} {unlike} OLD.{name})" for name in _UNTIL_GONE
    ]
    return " OR ".join(parts)


def _forbid(dialect: str, table: str, deed: str, when: str) -> None:
    does = (
        "EXECUTE FUNCTION ledger_only_grows()"
        if dialect == "postgresql"
        else f"BEGIN SELECT RAISE(ABORT, '{_LAW}'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{deed} BEFORE {deed.upper()} ON {table} FOR EACH ROW {when} {does}"
    )


def _free(table: str, *deeds: str) -> None:
    for deed in deeds:
        postgres = op.get_bind().dialect.name == "postgresql"
        op.execute(f"DROP TRIGGER {table}_{deed}{f' ON {table}' if postgres else ''}")
