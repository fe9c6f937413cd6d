"""Before the doors open: the database holds what schema and policy declare, and nothing else (5.2).

Each column says what it holds: an item of the policy, or one of a short list of technical kinds.
A column that says nothing, an item that the policy in force does not collect, a column that
somebody added by hand, a table that another tool left there, a holding whose item the policy no
longer names: each would be collection that nobody was told of. A column of another type, length or
nullability could take what its declaration does not say; a lost unique index lets two be one.
"""

import importlib
import pkgutil
from collections.abc import Iterable

import sqlalchemy as sa

import shouyue
from shouyue.assembly import holders
from shouyue.assembly.errors import (
    ColumnSilent,
    ColumnUnlawful,
    SchemaDiffers,
    SchemaTwisted,
    Undeclared,
)
from shouyue.ground.store import migrate
from shouyue.ground.store.columns import Holds, Table, subject, told
from shouyue.ground.store.service import Store
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.vault import usage

_HISTORY = "alembic_version"


@control(
    Clause.C2_0,
    Clause.C5_2,
    says="A column or holding that schema and policy do not declare stops start-up.",
)
def check(store: Store) -> None:
    """Return if everything in the database is declared, and what is declared is there.

    Raises ColumnSilent, ColumnUnlawful, Unheld, Undeclared, SchemaDiffers, SchemaTwisted.
    """
    ours = tables()
    check_columns(ours)
    holders.check(ours)
    there, declared = _columns(store.engine), _declared(ours)
    found = _beyond(there, declared)
    with store.read() as db:
        found += usage.undeclared(db)
        twisted = migrate.differences(db.connection(), Table.metadata)
    if found:
        raise Undeclared(found=", ".join(found))
    if lacking := _beyond(declared, there):
        raise SchemaDiffers(lacking=", ".join(lacking))
    if twisted:
        raise SchemaTwisted(found=", ".join(twisted))


@control(
    Clause.C2_0,
    Clause.C5_2,
    says="Each column says what it holds, and a personal one names an item that is collected.",
)
def check_columns(ours: Iterable[sa.Table]) -> None:
    """Return if each column, and each table about people, says what it holds, and lawfully.

    Raises ColumnSilent, ColumnUnlawful.
    """
    said = {str(column): told(column) for table in ours for column in table.columns}
    said |= {table.name: told(table) for table in ours if subject(table) or told(table)}
    if silent := [place for place, what in said.items() if not what]:
        raise ColumnSilent(found=", ".join(silent))
    collected = {rule.id.value for rule in policy.active().items.values() if rule.collected}
    lawful = collected | {kind.value for kind in Holds}
    if wrong := [f"{place}={what}" for place, what in said.items() if what not in lawful]:
        raise ColumnUnlawful(found=", ".join(wrong))


def tables() -> list[sa.Table]:
    """Return every table of the house, by name."""
    for module in pkgutil.walk_packages(shouyue.__path__, "shouyue."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    return sorted(Table.metadata.tables.values(), key=lambda table: table.name)


def _declared(ours: Iterable[sa.Table]) -> dict[str, set[str]]:
    return {table.name: set(table.columns.keys()) for table in ours}


def _columns(engine: sa.Engine) -> dict[str, set[str]]:
    seen = sa.inspect(engine).get_multi_columns()
    return {
        name: {column["name"] for column in columns}
        for (_, name), columns in seen.items()
        if name != _HISTORY
    }


def _beyond(some: dict[str, set[str]], others: dict[str, set[str]]) -> list[str]:
    """Return what some have and others do not, as `table` or `table.column`."""
    found = []
    for name, columns in some.items():
        if name not in others:
            found.append(name)
        else:
            found += [f"{name}.{column}" for column in columns - others[name]]
    return sorted(found)
