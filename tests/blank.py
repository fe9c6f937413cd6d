"""Databases without a single table, on both dialects: where a history begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa


@contextmanager
def blank(database: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database beside this one, of the same dialect."""
    beside = sa.make_url(database)
    if beside.get_backend_name() == "sqlite":
        yield f"sqlite:///{folder / 'blank.db'}"
        return
    # The database of the run is emptied between tests, not built anew: its tables must stay.
    name = f"{beside.database}_blank"
    engine = sa.create_engine(beside, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
            yield beside.set(database=name).render_as_string(hide_password=False)
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        engine.dispose()
