"""Alembic's entry: runs the history on the address given by the caller. Imports no room.

The whole upgrade is one transaction, on SQLite too: who dies in the middle leaves the schema that
was there, and of two who start at once the second finds the work done.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context

_TURN = 0x53484F55  # the advisory lock of an upgrade: "SHOU"

url = context.config.attributes["url"]
engine = sa.create_engine(url)

if engine.dialect.name == "sqlite":

    @sa.event.listens_for(engine, "connect")
    def _by_hand(connection: Any, _entry: object) -> None:
        connection.isolation_level = None  # the driver would commit before each DDL

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=30000")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


try:
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes.get("metadata"),
            render_item=context.config.attributes.get("render_item"),
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
