"""Import contracts of our own, for `.importlinter`."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateParts(Contract):
    """A room's tables, queries, rules, holder and jobs are imported by that room or by assembly."""

    type_name = "private-parts"

    parts = fields.ListField(subfield=fields.StringField())
    open_to = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001, ARG002
        """Find every import of a private part from outside its room."""
        parts, top = set(self.parts), str(self.open_to)  # type: ignore[call-overload]  # a field is its value here
        found = sorted(
            (importer, module)
            for module in graph.modules
            if module.rpartition(".")[2] in parts
            for importer in graph.find_modules_that_directly_import(module)
            if not _at_home(importer, module) and not _within(importer, top)
        )
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that goes through a wall."""
        metadata: dict[str, Any] = check.metadata
        for importer, module in metadata["found"]:
            output.print_error(f"{importer} imports {module}, which is private to its room")


def _at_home(importer: str, module: str) -> bool:
    return _within(importer, module.rpartition(".")[0])


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
