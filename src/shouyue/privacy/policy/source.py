"""The policy's files: the folder in this package, and an operator's own laid over it.

An overlay has the same layout as `text/` and may hold any part of it: `operator.toml`,
`version.toml`, `released.toml` and `clauses/<id>.md`. Values of the operator's profile replace
ours one by one, clause files replace ours whole. Headings and taxonomy are not overlaid: what
the code does with an item does not change with the operator.
"""

from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from shouyue.privacy.policy import rules
from shouyue.privacy.policy.errors import PolicyBroken
from shouyue.privacy.policy.types import ClauseText, Policy, Text

_Made = TypeVar("_Made")

TEXT: Traversable = files("shouyue.privacy.policy") / "text"


def load(overlay: Path | None = None, text: Traversable = TEXT) -> Policy:
    """Read a whole policy; PolicyBroken names the folder or file that cannot be read."""
    if overlay is not None and not overlay.is_dir():
        # Our own text in place of the operator's would be another promise.
        raise PolicyBroken(where=str(overlay), why="no such folder")
    layers = [text] if overlay is None else [text, overlay]
    values = _operator(layers)
    taxonomy = text / "taxonomy"
    return Policy(
        version=rules.version(_last(layers, "version.toml")),
        operator=values,
        clauses=_clauses(layers, values),
        headings={h.id: h for h in _table(text, "headings", rules.heading)},
        items={i.id: i for i in _table(taxonomy, "items", rules.item)},
        purposes={p.id: p for p in _table(taxonomy, "purposes", rules.purpose)},
        subjects=dict(_table(taxonomy, "subjects", rules.subject)),
        recipients={r.id: r for r in _table(taxonomy, "recipients", rules.recipient)},
        cookies={c.name: c for c in _table(taxonomy, "cookies", rules.cookie)},
        released=_released(layers),
    )


def _table(folder: Traversable, name: str, make: Callable[[rules.Row], _Made]) -> list[_Made]:
    source = (folder / f"{name}.toml").read_text("utf-8")
    return rules.rows(source, name.removesuffix("s"), make, f"{name}.toml")


def _clauses(layers: list[Traversable], values: dict[str, Text]) -> dict[str, ClauseText]:
    found = {}
    for layer in layers:
        for file in _markdown(layer):
            clause = rules.clause(file.read_text("utf-8"), file.name, values)
            if f"{clause.id}.md" != file.name:
                raise PolicyBroken(where=file.name, why=f"holds clause {clause.id}")
            found[clause.id] = clause
    return {clause.id: clause for clause in sorted(found.values(), key=lambda c: c.order)}


def _markdown(layer: Traversable) -> list[Traversable]:
    folder = layer / "clauses"
    return [f for f in folder.iterdir() if f.name.endswith(".md")] if folder.is_dir() else []


def _operator(layers: list[Traversable]) -> dict[str, Text]:
    values: dict[str, Text] = {}
    for layer in layers:
        if (layer / "operator.toml").is_file():
            values |= rules.operator((layer / "operator.toml").read_text("utf-8"))
    return values


def _released(layers: list[Traversable]) -> dict[str, dict[str, str]]:
    # Ours comes last: an overlay can lock its own versions, never rewrite ours.
    locked: dict[str, dict[str, str]] = {}
    for layer in reversed(layers):
        if (layer / "released.toml").is_file():
            locked |= rules.released((layer / "released.toml").read_text("utf-8"))
    return locked


def _last(layers: list[Traversable], name: str) -> str:
    present = [layer / name for layer in layers if (layer / name).is_file()]
    return present[-1].read_text("utf-8")
