"""Before the doors open: the database holds what schema and policy declare, and nothing else (5.2).

Each column says what it holds: an item of the policy, or one of a short list of technical kinds.
A column that says nothing, an item that the policy in force does not collect, a column that
somebody added by hand, a table that another tool left there, a holding whose item the policy no
longer names: each would be collection that nobody was told of.
"""

import importlib
import pkgutil
from collections.abc import Iterable

import sqlalchemy as sa

import shouyue
from shouyue.assembly import holders
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.columns import Holds, Table, subject, told
from shouyue.ground.store.service import Store
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.vault import usage

_HISTORY = "alembic_version"


class Undeclared(Refusal):
    """The database holds what nobody declared; the fact `found` names tables, columns, items."""

    code = "declared.missing"
    zh = "数据库中有未声明的内容，平台不启动：{found}。请先声明或删除。"
    en = "The database holds what nobody declared, so the house stays shut: {found}."


class ColumnSilent(Refusal):
    """A column, or a table about people, does not say what it holds."""

    code = "declared.silent"
    zh = "这些列或表没有说明保存什么，平台不启动：{found}。请声明信息项或技术类别。"
    en = (
        "These columns or tables do not say what they hold, so the house stays shut: {found}. "
        "Name an item of the policy or a technical kind."
    )


class ColumnUnlawful(Refusal):
    """A column holds an item that the policy in force does not collect."""

    code = "declared.unlawful"
    zh = "这些列保存的信息项不在现行隐私政策的收集范围内，平台不启动：{found}。"
    en = "These columns hold what the policy does not collect, so the house stays shut: {found}."


class SchemaDiffers(Refusal):
    """The database lacks a table or a column of the house: it is not the one that was declared."""

    code = "declared.lacking"
    zh = "数据库缺少声明过的表或列，平台不启动：{lacking}。请运行 shouyue migrate 或恢复备份。"
    en = (
        "The database lacks what is declared, so the house stays shut: {lacking}. "
        "Run shouyue migrate, or restore a backup."
    )


@control(
    Clause.C2_0,
    Clause.C5_2,
    says="A column or holding that schema and policy do not declare stops start-up.",
)
def check(store: Store) -> None:
    """Return if everything in the database is declared, and what is declared is there.

    Raises ColumnSilent, ColumnUnlawful, Unheld, Undeclared, SchemaDiffers.
    """
    ours = tables()
    check_columns(ours)
    holders.check(ours)
    there, declared = _columns(store.engine), _declared(ours)
    found = _beyond(there, declared)
    with store.read() as db:
        found += usage.undeclared(db)
    if found:
        raise Undeclared(found=", ".join(found))
    if lacking := _beyond(declared, there):
        raise SchemaDiffers(lacking=", ".join(lacking))


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
