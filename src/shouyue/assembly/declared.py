"""Before the doors open: the database holds nothing that schema and policy do not declare (5.2).

A column that somebody added by hand, a table that another tool left there, a holding whose item
the policy in force no longer names: each would be collection that nobody was told of.
"""

import importlib
import pkgutil

import sqlalchemy as sa

import shouyue
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.columns import Table
from shouyue.ground.store.service import Store
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.vault import usage

_HISTORY = "alembic_version"


class Undeclared(Refusal):
    """The database holds what nobody declared; the fact `found` names tables, columns, items."""

    code = "declared.missing"
    zh = "数据库中有未声明的内容，平台不启动：{found}。请先声明或删除。"
    en = "The database holds what nobody declared, so the house stays shut: {found}."


@control(
    Clause.C2_0,
    Clause.C5_2,
    says="A column or holding that schema and policy do not declare stops start-up.",
)
def check(store: Store) -> None:
    """Return if everything in the database is declared; raise Undeclared."""
    found = strangers(store.engine)
    with store.read() as db:
        found += usage.undeclared(db)
    if found:
        raise Undeclared(found=", ".join(found))


def strangers(engine: sa.Engine) -> list[str]:
    """Return what a database has and no room does, as `table` or `table.column`."""
    for module in pkgutil.walk_packages(shouyue.__path__, "shouyue."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    ours, seen = Table.metadata.tables, sa.inspect(engine)
    found: list[str] = []
    for (_, name), columns in seen.get_multi_columns().items():
        if name == _HISTORY:
            continue
        if name not in ours:
            found.append(name)
        else:
            there = {column["name"] for column in columns}
            found += [f"{name}.{one}" for one in sorted(there - set(ours[name].columns.keys()))]
    return sorted(found)
