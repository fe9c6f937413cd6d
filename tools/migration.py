"""Write the next migration by comparing the tables of the house with the history.

`python -m tools.migration room_what` writes `migrations/versions/NNNN_room_what.py`; read it before
it is committed. `--check` says whether the tables and the history agree.
"""

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

import shouyue
from shouyue.ground.store import migrate
from shouyue.ground.store.columns import Instant, Table
from shouyue.ground.store.service import open_engine

_HISTORY = Path(__file__).parents[1] / "migrations"


def load_tables() -> None:
    """Import every table of the house."""
    for module in pkgutil.walk_packages(shouyue.__path__, "shouyue."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)


def differences(url: str) -> list[object]:
    """Return what a migrated database lacks or has too much."""
    load_tables()
    migrate.upgrade(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, Table.metadata))
    engine.dispose()
    return found


def write(name: str) -> None:
    """Write the migration that closes the gap."""
    load_tables()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/history.db"
        migrate.upgrade(url)
        config = Config()
        config.set_main_option("script_location", str(_HISTORY))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes |= {
            "url": url,
            "metadata": Table.metadata,
            "render_item": _plain,
        }
        number = len(list((_HISTORY / "versions").glob("*.py"))) + 1
        command.revision(config, name, autogenerate=True, rev_id=f"{number:04d}")


def _plain(kind: str, item: object, _context: object) -> str | bool:
    # The history imports nothing of the house; its template names the two types that are ours.
    if kind == "type" and isinstance(item, Instant):
        return "MOMENT"
    return "FACTS" if kind == "type" and isinstance(item, sa.JSON) else False


def main(arguments: list[str]) -> int:
    """Write a migration, or check that none is missing."""
    if arguments == ["--check"]:
        with tempfile.TemporaryDirectory() as folder:
            found = differences(f"sqlite:///{folder}/history.db")
        for difference in found:
            print(difference)
        return 1 if found else 0
    write(arguments[0])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
