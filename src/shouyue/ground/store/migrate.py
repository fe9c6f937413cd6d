"""Bring a database to the newest schema. The history is one line, shipped in the wheel."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from shouyue.ground.store.service import open_engine


def upgrade(url: str, revision: str = "head") -> None:
    """Run every migration that the database at `url` lacks, up to a revision or all."""
    command.upgrade(_config(url), revision)


def admit(url: str, role: str, growing: Mapping[str, Sequence[str]]) -> None:
    """Let a PostgreSQL role that owns nothing run the house: read and write rows, alter nothing.

    Of tables that only grow it may add rows and change the columns named, and delete none.
    """
    engine = open_engine(url)
    quote = engine.dialect.identifier_preparer.quote
    whom = quote(role)
    try:
        with engine.begin() as connection:
            say = connection.exec_driver_sql
            say(f"GRANT USAGE ON SCHEMA public TO {whom}")
            say(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {whom}")
            for table, columns in growing.items():
                say(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {whom}")
                if columns:
                    named = ", ".join(map(quote, columns))
                    say(f"GRANT UPDATE ({named}) ON {quote(table)} TO {whom}")
            say(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {whom}")
    finally:
        engine.dispose()


def known(revision: str) -> bool:
    """Tell whether this house knows the revision: a newer house's it does not."""
    return any(one.revision == revision for one in _script().walk_revisions())


def revision(connection: Connection) -> str:
    """Return the revision of an open database."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def pending(url: str) -> bool:
    """Tell whether the database lacks a migration."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return here != _script().get_current_head()


def differences(connection: Connection, declared: sa.MetaData) -> list[str]:
    """Return by name what of the declared schema the database has otherwise; each once, sorted.

    Types as the dialect spells them, lengths, nullability, foreign keys, unique constraints and
    indexes. An index more that is not unique is the operator's affair: it holds nothing of its own.
    """
    here = MigrationContext.configure(connection, opts={"compare_type": True})
    found = [_spell(one) for deed in compare_metadata(here, declared) for one in _each(deed)]
    return sorted({name for name in found if name})


def _each(deed: Any) -> Iterable[Any]:
    # Alembic groups what it would alter in one column as a list.
    return deed if isinstance(deed, list) else [deed]


def _spell(deed: Any) -> str:
    kind, what = deed[0], deed[1]
    if kind == "modify_type":
        return f"{deed[2]}.{deed[3]} ({deed[5]!s} / {deed[6]!s})"
    if kind == "modify_nullable":
        return f"{deed[2]}.{deed[3]} ({'NULL' if deed[5] else 'NOT NULL'})"
    if kind == "remove_index" and not what.unique:
        return ""
    if kind.endswith(("_column", "_default", "_comment")):
        return f"{deed[2]}.{getattr(deed[3], 'name', deed[3])}"
    return str(what.name or what)


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(""))


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.attributes["url"] = url
    return config


def _folder() -> Path:
    packaged = Path(str(resources.files("shouyue.ground.store") / "migrations"))
    # In a source tree the history lies beside `src`; a wheel carries it inside the package.
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "migrations"
