"""Own lints over `src`: what Ruff and the import contracts cannot see.

`python -m tools.lints` prints `path:line: code what`. A finding is allowed only by a comment on its
line, or alone on the line above: `# lint: allow <code> <reason>` (in templates between `{#` and
`#}`). An allowance that allows nothing is itself a finding. Templates: `tools.template_lints`.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import sink_lints, template_lints
from tools.template_lints import Finding

SRC = Path(__file__).resolve().parent.parent / "src"
_ALLOW = re.compile(r"lint: allow (?P<code>[a-z-]+)(?: (?P<reason>\S.*))?")
_LOGS = {"log", "_log", "logger", "_logger"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}
_PERSONAL_NAMES = {"phone", "mobile", "mail", "email", "name", "id_number", "address"}
_PERSONAL_TYPES = {"Sealed", "Keep", "KeepDocument"}
_PRIVATE = {"tables", "queries", "rules", "holder", "jobs"}
_COMMITS = (
    "shouyue/ground/links/",
    "shouyue/ground/store/",
    "shouyue/ground/jobs/",
    "shouyue/doors/",
    "shouyue_sandbox/",
)
_SECRETS = {"secret", "token", "key", "code", "password"}
_HIDDEN = {"sealed", "hash", "digest", "fingerprint", "mac"}
_ROOM_DEPTH = 3  # shouyue, wing, room


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path under `src`, its tree, and its comments by line."""

    path: str
    tree: ast.Module
    comments: dict[int, str]

    @classmethod
    def read(cls, path: str, text: str) -> "Source":
        """Parse a text that stands at this path."""
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments = {t.start[0]: t.string for t in tokens if t.type == tokenize.COMMENT}
        return cls(path, ast.parse(text), comments)

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def personal_out(source: Source) -> Iterator[Finding]:
    """No log line and no job receives a personal value, or a word that promises one."""
    for scope in _scopes(source.tree):
        known = _personal_variables(scope)
        for call in (node for node in _own(scope) if isinstance(node, ast.Call)):
            sink = _sink(call)
            if sink:
                for found in _personal_in(call, known):
                    yield Finding(call.lineno, "personal-out", f"{sink} receives {found}")


def raw_sql(source: Source) -> Iterator[Finding]:
    """SQL text is constant; values are bound. The store's own PRAGMA and BEGIN are constants."""
    plain = {
        name.asname or name.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
        for name in node.names
        if name.name == "text"
    }
    for call in source.calls():
        name = ast.unparse(call.func)
        is_sql = name in {"sa.text", "sqlalchemy.text", *plain} or name.endswith(
            (".exec_driver_sql", ".execute", ".literal_column")
        )
        if is_sql and call.args and _is_built(call.args[0]):
            if source.path == "shouyue/ground/store/service.py" and _is_pragma(call.args[0]):
                continue
            yield Finding(call.lineno, "raw-sql", f"{name} with a text that is put together")


def broad_except(source: Source) -> Iterator[Finding]:
    """Whoever catches everything raises it again, or says on that line why not."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else ""
        broad = caught in {"", "Exception", "BaseException"}
        again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in node.body)
        if broad and not again and not _has_reason(source.comments.get(node.lineno, "")):
            yield Finding(node.lineno, "broad-except", "catches everything without a reason")


def private_part(source: Source) -> Iterator[Finding]:
    """A door imports services, types and errors of rooms, never their private parts."""
    if not source.path.startswith("shouyue/doors/"):
        return
    home = ".".join(source.path.removesuffix(".py").split("/")[:_ROOM_DEPTH])
    for line, module in _imports(source.tree):
        parts = module.split(".")
        is_private = len(parts) > _ROOM_DEPTH and parts[_ROOM_DEPTH] in _PRIVATE
        if parts[0] == "shouyue" and is_private and not module.startswith(f"{home}."):
            yield Finding(line, "private-part", f"imports {module}")


def commits(source: Source) -> Iterator[Finding]:
    """Only the store, doors and the worker end a unit of work."""
    if source.path.startswith(_COMMITS):
        return
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}:
            yield Finding(call.lineno, "commit", f"{ast.unparse(call.func)} in a room")


def plain_secret(source: Source) -> Iterator[Finding]:
    """A column named like a secret holds something sealed or digested, and says so."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        words = set(node.target.id.split("_"))
        if words & _SECRETS and not words & _HIDDEN and _is_plain_text(node):
            yield Finding(node.lineno, "plain-secret", f"column {node.target.id} is plain text")


def sinks(source: Source) -> Iterator[Finding]:
    """Sealed values open where the list of sinks says, and do not stay."""
    yield from sink_lints.check(source.path, source.tree)


CHECKS: tuple[Callable[[Source], Iterator[Finding]], ...] = (
    personal_out,
    raw_sql,
    broad_except,
    private_part,
    commits,
    plain_secret,
    sinks,
)


def python(path: str, text: str) -> list[Finding]:
    """Return what is wrong with a Python file that stands at `path` under `src`."""
    source = Source.read(path, text)
    found = [finding for check in CHECKS for finding in check(source)]
    return settle(found, source.comments, text.splitlines())


def template(text: str) -> list[Finding]:
    """Return what is wrong with a template of the house."""
    return settle(
        template_lints.check(text), template_lints.comments(text), text.splitlines(), "{#"
    )


def settle(
    found: Iterable[Finding], comments: dict[int, str], lines: list[str], opens: str = "#"
) -> list[Finding]:
    """Take away what is allowed; add allowances without a reason or without use."""
    rest, left = sorted(set(found)), []
    for line, comment in sorted(comments.items()):
        match = _ALLOW.search(comment)
        if match is None:
            continue
        alone = lines[line - 1].strip().startswith(opens)
        code, at = match["code"], line + 1 if alone else line
        reason = (match["reason"] or "").removesuffix("#}").strip()
        allowed = [one for one in rest if one.code == code and one.line == at]
        if not reason:
            left.append(Finding(line, "allowance", f"{code} is allowed without a reason"))
        elif not allowed:
            left.append(Finding(line, "allowance", f"nothing here needs {code}"))
        else:
            rest = [one for one in rest if one not in allowed]
    return sorted(rest + left)


def everything(src: Path = SRC) -> list[str]:
    """Return one line per finding in a source tree."""
    lines = []
    for path in sorted([*src.rglob("*.py"), *(src / "shouyue").rglob("*.html")]):
        name, text = path.relative_to(src).as_posix(), path.read_text("utf-8")
        found = template(text) if path.suffix == ".html" else python(name, text)
        lines += [f"src/{name}:{one.line}: {one.code} {one.what}" for one in found]
    return lines


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)


def _personal_variables(scope: ast.AST) -> set[str]:
    """Return the names in a function that hold something personal."""
    known = set()
    for node in _own(scope):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
            if _names(node.annotation) & _PERSONAL_TYPES:
                known.add(name)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = ast.unparse(node.value.func).rpartition(".")[2]
            if made in _PERSONAL_TYPES | {"reveal"}:
                known |= {ast.unparse(target) for target in node.targets}
    return known


def _sink(call: ast.Call) -> str:
    name = ast.unparse(call.func)
    before, _, last = name.rpartition(".")
    if last in _LEVELS and before.rpartition(".")[2].split("(")[0] in _LOGS:
        return "a log line"
    return "a job" if last == "enqueue" else ""


def _personal_in(call: ast.Call, known: set[str]) -> Iterator[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    words = {keyword.arg for keyword in call.keywords if keyword.arg}
    for value in values:
        for node in ast.walk(value):
            if isinstance(node, ast.Dict):
                words |= {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
            if isinstance(node, ast.Name) and node.id in known:
                yield f"the personal value {node.id}"
    yield from (f"the word {word}" for word in sorted(words & _PERSONAL_NAMES))


def _names(node: ast.expr) -> set[str]:
    inner = list(ast.walk(node))
    names = {one.id for one in inner if isinstance(one, ast.Name)}
    return names | {one.attr for one in inner if isinstance(one, ast.Attribute)}


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(value, ast.FormattedValue) for value in node.values)
    if isinstance(node, ast.BinOp):
        parts = list(ast.walk(node))
        return any(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in parts)
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format")


def _is_pragma(node: ast.expr) -> bool:
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return isinstance(first, ast.Constant) and str(first.value).startswith(("PRAGMA ", "BEGIN"))


def _has_reason(comment: str) -> bool:
    said = re.sub(r"noqa: [A-Z0-9, ]+|lint: allow \S+", "", comment)
    return len(said.strip("# -")) > 0


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def _is_plain_text(node: ast.AnnAssign) -> bool:
    annotation = ast.unparse(node.annotation)
    made = ast.unparse(node.value) if node.value else ""
    if not annotation.startswith("Mapped[str") or "ForeignKey" in made:
        return False
    return "LargeBinary" not in made


def main() -> int:
    """Print every finding; return 1 when there is one."""
    found = everything()
    print("\n".join(found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
