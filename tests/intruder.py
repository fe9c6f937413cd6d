"""Somebody with the rights of the tables' owner, who takes the database's own guards off."""

import sqlalchemy as sa

from shouyue.ground.store.session import Session


def unguarded(db: Session) -> None:
    """Take the triggers of the ledger off, until this unit of work ends."""
    if db.connection().dialect.name == "postgresql":
        db.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    triggers = db.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    found = triggers.all()
    for name, _ in found:
        db.execute(sa.text(f'DROP TRIGGER "{name}"'))

    def put_on(_db: Session) -> None:
        for _, sql in found:
            db.execute(sa.text(sql.replace("TRIGGER", "TRIGGER IF NOT EXISTS", 1)))

    sa.event.listen(db, "before_commit", put_on, once=True)
