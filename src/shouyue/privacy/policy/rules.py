"""Reading the policy's files: text in, values out. Nothing here opens a file."""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shouyue.privacy.policy import prose
from shouyue.privacy.policy.errors import PolicyBroken
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import (
    Anchor,
    Basis,
    Change,
    ClauseText,
    CookieClass,
    CookieRule,
    Emphasis,
    Heading,
    ItemRule,
    KeepRule,
    Kind,
    Mask,
    PurposeRule,
    RecipientKind,
    RecipientRule,
    Sensitive,
    SubjectKind,
    Text,
    Version,
)

Row = Mapping[str, Any]
_Made = TypeVar("_Made")

_FENCE = "+++\n"


def rows(source: str, table: str, make: Callable[[Row], _Made], where: str) -> list[_Made]:
    """Return what `make` makes of each row of a TOML table; PolicyBroken names the bad row."""
    made = []
    for number, row in enumerate(_toml(source, where).get(table, ()), 1):
        made.append(_made(make, row, f"{where}#{row.get('id', number)}"))
    return made


def version(source: str) -> Version:
    """Read version.toml; its times must carry an offset."""
    return _made(_version, _toml(source, "version.toml"), "version.toml")


def operator(source: str, where: str = "operator.toml") -> dict[str, Text]:
    """Read an operator profile: each value one string, or one per language."""
    return _made(
        lambda row: {name: _either(value) for name, value in row.items()},
        _toml(source, where),
        where,
    )


def released(source: str) -> dict[str, dict[str, str]]:
    """Read released.toml: version number → language → digest."""
    return {row["version"]: {"zh": row["zh"], "en": row["en"]} for row in _released(source)}


def clause(source: str, where: str, values: Mapping[str, Text]) -> ClauseText:
    """Read one clause file and put the operator's values into its rendition."""
    before, fence, rest = source.replace("\r\n", "\n").partition(_FENCE)
    head, closed, body = rest.partition("\n" + _FENCE)
    if before.strip() or not fence or not closed:
        raise PolicyBroken(where=where, why="no front matter")
    text = _halves(body)
    return _made(lambda row: _clause(row, text, values), _toml(head, where), where)


def heading(row: Row) -> Heading:
    """Read one row of headings.toml."""
    lead = Text(row.get("lead_zh", ""), row.get("lead_en", ""))
    return Heading(row["id"], _text(row), lead, bool(row.get("key", False)))


def item(row: Row) -> ItemRule:
    """Read one row of items.toml."""
    return ItemRule(
        id=Item(row["id"]),
        name=_text(row),
        why=_text(row["why"]),
        kind=row["kind"],
        subjects=tuple(map(SubjectKind, row["subjects"])),
        sensitive=Sensitive(row["sensitive"]),
        purposes=tuple(map(Purpose, row["purposes"])),
        bases={SubjectKind(kind): tuple(map(Basis, b)) for kind, b in row["basis"].items()},
        necessary=row["necessary"],
        collected=row["collected"],
        keep=_keep(row["keep"]),
        seen_by=tuple(row["seen_by"]),
        mask=Mask(row["mask"]),
        findable=row["findable"],
    )


def purpose(row: Row) -> PurposeRule:
    """Read one row of purposes.toml."""
    return PurposeRule(
        id=Purpose(row["id"]),
        name=_text(row),
        clause=row["clause"],
        bases=tuple(map(Basis, row["bases"])),
        refusable=row["refusable"],
        refusal=_text(row["refusal"]),
    )


def subject(row: Row) -> tuple[SubjectKind, Text]:
    """Read one row of subjects.toml."""
    return SubjectKind(row["id"]), _text(row)


def recipient(row: Row) -> RecipientRule:
    """Read one row of recipients.toml."""
    return RecipientRule(
        id=RecipientKind(row["id"]),
        name=_text(row),
        clause=row["clause"],
        bases=tuple(map(Basis, row["bases"])),
        purposes=tuple(map(Purpose, row["purposes"])),
        items=tuple(map(Item, row["items"])),
        method=_text(row["method"]),
    )


def cookie(row: Row) -> CookieRule:
    """Read one row of cookies.toml."""
    return CookieRule(
        name=row["name"],
        cookie_class=CookieClass(row["class"]),
        purpose=Purpose(row["purpose"]),
        items=tuple(map(Item, row["items"])),
        minutes=row["minutes"],
        clause=row["clause"],
        text=_text(row),
    )


def _version(row: Row) -> Version:
    published, effective = row["published_at"], row["effective_at"]
    if published.utcoffset() is None or effective.utcoffset() is None:
        raise ValueError("a time without an offset")
    return Version(row["number"], published, effective, Change(row["change"]))


def _clause(row: Row, text: Text, values: Mapping[str, Text]) -> ClauseText:
    emphasis = Emphasis(row["emphasis"])
    return ClauseText(
        id=row["id"],
        title=Text(row["title_zh"], row["title_en"]),
        chapter=row["chapter"],
        order=int(row["order"]),
        parent=row["parent"],
        emphasis=emphasis,
        kind=Kind(row["kind"]),
        subjects=tuple(row["subjects"]),
        items=tuple(row["items"]),
        purposes=tuple(row["purposes"]),
        bases=tuple(row["bases"]),
        recipients=tuple(row["recipients"]),
        keep=tuple(filter(None, (part.strip() for part in row["keep"].split(",")))),
        rights=tuple(row["rights"]),
        deadline=row["deadline"],
        prose=text,
        html=Text(*(_rendered(text, values, emphasis, lang) for lang in ("zh", "en"))),
    )


def _rendered(text: Text, values: Mapping[str, Text], emphasis: Emphasis, lang: str) -> str:
    said = {name: value.say(lang) for name, value in values.items()}
    rendered = prose.render(text.say(lang), full=emphasis is Emphasis.FULL)
    return prose.fill(rendered, said, escape=True)


def _halves(body: str) -> Text:
    parts: dict[str, list[str]] = {"": [], "zh": [], "en": []}
    lang = ""
    for line in body.splitlines():
        if line.strip() in {"## zh", "## en"}:
            lang = line.strip()[3:]
        else:
            parts[lang].append(line)
    return Text("\n".join(parts["zh"]).strip(), "\n".join(parts["en"]).strip())


def _keep(row: Row) -> KeepRule:
    periods = {name: row.get(name, 0) for name in ("minutes", "days", "months", "least_months")}
    return KeepRule(_text(row), row["class"], tuple(map(Anchor, row["anchors"])), **periods)


def _text(row: Row) -> Text:
    return Text(row["zh"], row["en"])


def _either(value: str | Row) -> Text:
    return Text(value, value) if isinstance(value, str) else _text(value)


def _released(source: str) -> list[Row]:
    found: list[Row] = _toml(source, "released.toml").get("release", [])
    return found


def _toml(source: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise PolicyBroken(where=where, why=str(error)) from None


def _made(make: Callable[[Row], _Made], row: Row, where: str) -> _Made:
    try:
        return make(row)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PolicyBroken(where=where, why=f"{type(error).__name__}: {error}") from None
