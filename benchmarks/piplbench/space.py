"""Where the bytes are: each table's rows and indexes, and which part of a house it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass

PARTS = """
SELECT c.relname, (pg_table_size(c.oid))::bigint, (pg_indexes_size(c.oid))::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC
"""
"""What tables take, the largest first: rows with what is kept beside them, and indexes."""

_KINDS = {
    "records": ("record", "holding", "blind_index", "sealed_document", "custody_"),
    "keys and grounds": ("data_key", "destroyed_key", "ground", "contract_party", "purpose_switch"),
    "evidence": ("log", "ledger_", "vault_access"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One table, in bytes."""

    table: str
    rows: int
    indexes: int

    @property
    def whole(self) -> int:
        """Return what it takes."""
        return self.rows + self.indexes

    @property
    def kind(self) -> str:
        """Return the part of the house that it belongs to."""
        for kind, names in _KINDS.items():
            if self.table.startswith(names):
                return kind
        return "all else"


def total(parts: Iterable[Part]) -> int:
    """Return the bytes of all."""
    return sum(one.whole for one in parts)
