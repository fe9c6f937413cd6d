"""Policy prose: Markdown to HTML, with bold that works in Chinese.

CommonMark decides by the neighbours whether `**` opens or closes, and takes Chinese full stops
for the end of nothing: `**重要条款。**后文` would stay literal. The bold words are the ones the
law wants stressed (clause 0.2; Civil Code 496), so `**` here opens before any character that is
not a space and closes after one.
"""

import html
import re
from collections.abc import Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as by_the_book
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

KEY = "key"
"""The class of what must be read: bold and underlined."""

VARIABLE = re.compile(r"\{\{(\w+)\}\}")


def _bold(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own form
    if silent or not state.src.startswith("**", state.pos):
        return by_the_book(state, silent)
    start, end = state.pos, state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    opens = end < state.posMax and not state.src[end].isspace()
    closes = start > 0 and not state.src[start - 1].isspace()
    for _ in range(start, end):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=end - start,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    made.inline.ruler.at("emphasis", _bold)
    return made


_MARKDOWN = _markdown()


def render(prose: str, *, full: bool) -> str:
    """Return safe HTML. Bold is marked `key`; with `full`, all of it is bold.

    Raw HTML in the prose is shown as text, never passed on.
    """
    tokens = _MARKDOWN.parse(prose)
    for token in tokens:
        if token.type == "inline" and token.children is not None:
            token.children = _stressed(token.children, full=full)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _stressed(children: Sequence[Token], *, full: bool) -> list[Token]:
    if full:
        inner = [child for child in children if child.tag != "strong"]
        return [
            Token("strong_open", "strong", 1, attrs={"class": KEY}),
            *inner,
            Token("strong_close", "strong", -1),
        ]
    for child in children:
        if child.type == "strong_open":
            child.attrSet("class", KEY)
    return list(children)


def variables(prose: str) -> set[str]:
    """Return the names of the variables that the prose asks for."""
    return set(VARIABLE.findall(prose))


def fill(text: str, values: Mapping[str, str], *, escape: bool) -> str:
    """Put the operator's values in. A variable without a value stays, for check() to find."""

    def value(found: re.Match[str]) -> str:
        said = values.get(found[1], found[0])
        return html.escape(said) if escape else said

    return VARIABLE.sub(value, text)
