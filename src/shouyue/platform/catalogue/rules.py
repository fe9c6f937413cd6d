"""Pure parts of the catalogue: the grammar of shapes, the check of parameters, the projection.

The grammar follows the protocol's own tables: `cursor, orderList[]{ oid:int, note{flag:int} }`.
A field without a type is text; `@name` takes a shared shape.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from shouyue.platform.catalogue.errors import ParamInvalid, ParamMissing
from shouyue.platform.catalogue.types import FILLED, NOBODY, Api, Param, Shape

_TOKEN = re.compile(r"\s*(?:#[^\n]*\n\s*)*(\[\]|[A-Za-z_]\w*|[{},:@])")
_LEAVES = frozenset({"int", "text", "bool", "any"}) | FILLED
_INT64 = 2**63


def parse(text: str, shared: Mapping[str, Mapping[str, Shape]]) -> dict[str, Shape]:
    """Return the object that the text describes, or raise ValueError."""
    tokens = list(_tokens(text))
    fields = _fields(tokens, shared)
    if tokens:
        raise ValueError(f"left over: {tokens[0]}")
    return fields


def parse_result(text: str, shared: Mapping[str, Mapping[str, Shape]]) -> Shape:
    """Return what an answer holds: an object, or a list where the text begins with `[]`."""
    tokens = list(_tokens(text))
    if not tokens or tokens[0] != "[]":
        return parse(text, shared)
    shape = _shape(tokens, shared)
    if tokens:
        raise ValueError(f"left over: {tokens[0]}")
    return shape


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"unreadable: {text[at : at + 20]}")
        yield found[1]
        at = found.end()


def _fields(tokens: list[str], shared: Mapping[str, Mapping[str, Shape]]) -> dict[str, Shape]:
    fields: dict[str, Shape] = {}
    while tokens and tokens[0] != "}":
        if tokens[0] == "@":
            fields |= shared[_take(tokens, 2)]
        else:
            name = tokens.pop(0)
            fields[name] = _shape(tokens, shared)
        if tokens and tokens[0] == ",":
            tokens.pop(0)
    return fields


def _shape(tokens: list[str], shared: Mapping[str, Mapping[str, Shape]]) -> Shape:
    many = bool(tokens) and tokens[0] == "[]" and bool(tokens.pop(0))
    shape: Shape = "text"
    if tokens and tokens[0] == ":":
        shape = _take(tokens, 2)
        if shape not in _LEAVES:
            raise ValueError(f"no such type: {shape}")
    elif tokens and tokens[0] == "{":
        tokens.pop(0)
        shape = _fields(tokens, shared)
        if not tokens or tokens.pop(0) != "}":
            raise ValueError("an object does not end")
    return (shape,) if many else shape


def _take(tokens: list[str], count: int) -> str:
    if len(tokens) < count:
        raise ValueError("ends too early")
    *_, last = (tokens.pop(0) for _ in range(count))
    return last


def project(shape: Shape, value: Any, own: Mapping[str, str] = NOBODY) -> Any:
    """Return as much of the value as the shape names; `own` fills the leaves of FILLED.

    An undeclared field is dropped, and so is an object or list where a leaf is declared.
    """
    if isinstance(shape, str):
        return _leaf(shape, value, own)
    if isinstance(shape, tuple):
        return [project(shape[0], one, own) for one in value] if isinstance(value, list) else []
    if not isinstance(value, dict):
        return None
    return {
        name: project(inner, value.get(name), own)
        for name, inner in shape.items()
        if name in value or is_filled(inner)
    }


def is_filled(shape: Shape) -> bool:
    """Tell whether the gateway fills this in."""
    return isinstance(shape, str) and shape in FILLED


def _leaf(kind: str, value: Any, own: Mapping[str, str]) -> Any:
    if kind in FILLED:
        return own[kind]
    return value if kind == "any" or not isinstance(value, dict | list) else None


def undeclared(shape: Shape, value: Any, inside: str = "") -> Iterator[str]:
    """Yield the fields of a value that the shape does not name, each once: `orders[].hobby`."""
    if isinstance(shape, tuple) and isinstance(value, list):
        found = {name for one in value for name in undeclared(shape[0], one, f"{inside}[]")}
        yield from sorted(found)
    elif isinstance(shape, Mapping) and isinstance(value, dict):
        for name, one in value.items():
            path = f"{inside}.{name}" if inside else name
            if name not in shape:
                yield path
            else:
                yield from undeclared(shape[name], one, path)


def only_declared(api: Api, given: Mapping[str, Any], strange: list[str]) -> Mapping[str, Any]:
    """Return the declared business parameters; the names of the others go into `strange`.

    What is declared throughout comes back as it is: then nothing is copied.
    """
    names, flat = _names(api)
    if flat and given.keys() <= names.keys():
        return given  # nearly every call: one comparison of sets
    return _only(names, given, strange, "")


class _Names(dict[str, "_Names"]):
    """Names of parameters, each with those of its fields; none for whatever has no fields."""


def _only(
    names: _Names, given: Mapping[str, Any], strange: list[str], inside: str
) -> Mapping[str, Any]:
    kept, whole = dict[str, Any](), True
    for name, value in given.items():
        fields = names.get(name)
        if fields is None:
            strange.append(f"{inside}{name}")
            whole = False
            continue
        kept[name] = _inside(fields, value, strange, f"{inside}{name}") if fields else value
        whole = whole and kept[name] is value
    return given if whole else kept


def _inside(fields: _Names, value: Any, strange: list[str], path: str) -> Any:
    if isinstance(value, dict):
        return _only(fields, value, strange, f"{path}.")
    if not isinstance(value, list):
        return value
    each = [_inside(fields, one, strange, f"{path}[]") for one in value]
    return value if all(new is old for new, old in zip(each, value, strict=True)) else each


@lru_cache(maxsize=1024)
def _names(api: Api) -> tuple[_Names, bool]:
    names = _tree(api.params)
    return names, not any(names.values())


def _tree(params: tuple[Param, ...]) -> _Names:
    return _Names((param.name, _tree(param.fields)) for param in params)


def check_params(api: Api, given: Mapping[str, Any], inside: str = "") -> None:
    """Return if the business parameters fit; raise ParamMissing or ParamInvalid.

    Numbers may come as texts and texts as numbers, as the anchor's clients send them. A field
    inside a list is named with its place: `orders[0].oid`; `inside` is what names begin with.
    """
    _check(api.params, given, inside)


def _check(params: tuple[Param, ...], given: Mapping[str, Any], inside: str) -> None:
    for param in params:
        value, name = given.get(param.name), f"{inside}{param.name}"
        if value is None:
            if param.required:
                raise ParamMissing(name=name)
        elif not _fits(param, value):
            raise ParamInvalid(name=name, wanted=wanted(param))
        elif param.type == "object":
            _check(param.fields, value, f"{name}.")
        elif param.type == "objects":
            for place, one in enumerate(value):
                _check(param.fields, one, f"{name}[{place}].")


def wanted(param: Param) -> str:
    """Return what the parameter takes, in no language: `int 1..50`, `text`, `int 1 | 2`."""
    if param.one_of:
        return f"{param.type} {' | '.join(map(str, param.one_of))}"
    if param.least is None and param.most is None:
        return param.type
    least = "" if param.least is None else param.least
    return f"{param.type} {least}..{'' if param.most is None else param.most}"


def _fits(param: Param, value: Any) -> bool:
    if param.type == "int":
        number = _number(value)
        return number is not None and _within(param, number)
    if param.type == "text":
        return _is_text(value) and _within(param, len(str(value)))
    if param.type in _EACH:
        fits = _EACH[param.type]
        return isinstance(value, list) and all(map(fits, value)) and _within(param, len(value))
    return isinstance(value, bool if param.type == "bool" else dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


_EACH: Mapping[str, Callable[[Any], bool]] = {
    "ints": lambda value: _number(value) is not None,
    "texts": _is_text,
    "objects": lambda value: isinstance(value, dict),
}


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str):
        if not re.fullmatch(r"-?[0-9]{1,19}", value):
            return None
        value = int(value)
    return value if -_INT64 <= value < _INT64 else None


def _within(param: Param, number: int) -> bool:
    if param.one_of:
        return number in param.one_of
    return (param.least is None or number >= param.least) and (
        param.most is None or number <= param.most
    )
