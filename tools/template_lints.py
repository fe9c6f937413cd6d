"""Lints of templates: what the content policy forbids, both languages, forms against forgery.

What is looked at is the markup with its Jinja parts blanked out, and Jinja's own tree for the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, nodes

_PARTS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_CHINESE = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u303f]")
_FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']?post\b.*?(</form>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKUP = (
    ("inline-style", re.compile(r"\sstyle\s*=", re.IGNORECASE), "an inline style"),
    ("inline-handler", re.compile(r"\son[a-z]+\s*=", re.IGNORECASE), "an inline handler"),
    ("inline-script", re.compile(r"<script(?![^>]*\bnonce=)", re.IGNORECASE), "no nonce"),
    ("inline-style", re.compile(r"<style\b", re.IGNORECASE), "an inline style sheet"),
)
_T_ARGUMENTS = 2


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong: where, which law, what."""

    line: int
    code: str
    what: str


def comments(text: str) -> dict[int, str]:
    """Return Jinja's comments by the line on which they begin."""
    return {_line(text, found.start()): found[0] for found in _COMMENT.finditer(text)}


def check(text: str) -> list[Finding]:
    """Return everything that is wrong with one template."""
    tree = Environment(autoescape=True).parse(text)
    return [*_markup(text), *_forms(text), *_filters(tree), *_words(tree, excused=False)]


def _markup(text: str) -> Iterator[Finding]:
    # A tag may hold Jinja parts; the blanks keep its lines where they are.
    bare = _PARTS.sub(lambda found: re.sub(r"[^\n]", "_", found[0]), text)
    for code, pattern, what in _MARKUP:
        for found in pattern.finditer(bare):
            yield Finding(_line(text, found.end() - 1), code, what)


def _forms(text: str) -> Iterator[Finding]:
    for form in _FORM.finditer(text):
        if "csrf()" not in form[0]:
            yield Finding(_line(text, form.start()), "no-csrf", "a form that posts without csrf()")


def _filters(tree: nodes.Template) -> Iterator[Finding]:
    for one in tree.find_all(nodes.Filter):
        if one.name == "safe":
            yield Finding(one.lineno, "safe-filter", "|safe: pass Markup from Python instead")


def _words(node: nodes.Node, *, excused: bool) -> Iterator[Finding]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "t":
        if len(node.args) != _T_ARGUMENTS:
            yield Finding(node.lineno, "one-language", "t() takes Chinese and English")
        excused = True
    if isinstance(node, nodes.If | nodes.CondExpr) and _asks_language(node.test):
        excused = True
    if not excused:
        yield from _chinese(node)
    for child in node.iter_child_nodes():
        yield from _words(child, excused=excused)


def _chinese(node: nodes.Node) -> Iterator[Finding]:
    said = ""
    if isinstance(node, nodes.TemplateData):
        said = node.data
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        said = node.value
    found = _CHINESE.search(said)
    if found:
        at = node.lineno + said.count("\n", 0, found.start())
        yield Finding(
            at, "untranslated", f"{said[found.start() :][:12]!r} has no English beside it"
        )


def _asks_language(test: nodes.Node) -> bool:
    """Tell whether a condition compares something with `zh` or `en`."""
    if not isinstance(test, nodes.Compare):
        return False
    return any(one.value in ("zh", "en") for one in test.find_all(nodes.Const))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
