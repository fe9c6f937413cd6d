"""Somebody with the rights of the tables' owner, who takes the database's own guards off."""

import sqlalchemy as sa

from shouyue.ground.store.session import Session


def unguarded(db: Session) -> None:
    """Take the triggers of the ledger off, until this unit of work ends."""
    if db.connection().dialect.name == "postgresql":
        db.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    found = db.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.scalars().all():
        db.execute(sa.text(f'DROP TRIGGER "{name}"'))
