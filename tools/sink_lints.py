"""Opened values: only in modules that the list of sinks names, and never into what is kept."""

import ast
from collections.abc import Iterator

from shouyue.privacy.sinks.types import Sink
from tools.template_lints import Finding

_HOME = {"shouyue/privacy/sinks/types.py", "shouyue/privacy/vault/sealed.py"}
_LOGS = {"log", "_log", "logger", "_logger"}


def check(path: str, tree: ast.Module) -> Iterator[Finding]:
    """Yield sinks used where they are not registered, and opened values that would stay."""
    if path in _HOME:
        return
    yield from _strangers(path, tree)
    scopes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (tree, *scopes):
        known = _opened_names(scope)
        for node in ast.walk(scope):
            place = _place(node)
            if place and any(_is_opened(inner, known) for inner in ast.walk(node)):
                yield Finding(getattr(node, "lineno", 0), "opened", f"{place} receives a value")


def _strangers(path: str, tree: ast.Module) -> Iterator[Finding]:
    """A sink is written out as `Sink.NAME`, so that whoever reads the line knows which."""
    module = path.removesuffix(".py").replace("/", ".").removeprefix("shouyue.")
    named = {
        id(node.value): node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] == "Sink"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "shouyue.privacy.sinks.types":
            if any(name.name != "Sink" or name.asname for name in node.names):
                yield Finding(node.lineno, "sink", "a sink goes by its own name")
            continue
        if not isinstance(node, ast.Name | ast.Attribute):
            continue
        if ast.unparse(node).split(".")[-1] != "Sink":
            continue
        name = named.get(id(node), "")
        if name not in Sink.__members__:
            yield Finding(node.lineno, "sink", "a sink is written out as Sink.NAME")
        elif module not in Sink[name].value.modules:
            yield Finding(node.lineno, "sink", f"{name} is not registered for this module")


def _opens(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "open"
        and any("Sink." in ast.unparse(value) for value in node.args)
    )


def _opened_names(scope: ast.AST) -> set[str]:
    return {
        ast.unparse(target)
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and _opens(node.value)
        for target in node.targets
    }


def _is_opened(node: ast.AST, known: set[str]) -> bool:
    return _opens(node) or (isinstance(node, ast.Name) and node.id in known)


def _place(node: ast.AST) -> str:
    if isinstance(node, ast.Raise):
        return "an exception"
    if not isinstance(node, ast.Call):
        return ""
    before, _, last = ast.unparse(node.func).rpartition(".")
    if before.rpartition(".")[2].split("(")[0] in _LOGS:
        return "a log line"
    return {"enqueue": "a job", "Fact": "the ledger"}.get(last, "")
