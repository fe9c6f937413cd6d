"""Reads what an upstream answered: only the fields that the catalogue declares are read at all.

The shape of a result becomes a typed reader, so that what is not declared is passed over while
the text is read and never becomes an object. An answer in another form than the declared one is
read whole and projected (`rules.project`), which comes to the same.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypedDict, cast

import msgspec

from shouyue.platform.catalogue import rules
from shouyue.platform.catalogue.types import NOBODY, Api, Guard, Shape

_LEAF = str | int | float | bool | None
_HEAD = ("result", "sub_code", "sub_msg")


class Told(Protocol):
    """The envelope of an upstream's answer. What is absent is None."""

    result: Any
    sub_code: Any
    sub_msg: Any
    data: Any


class _Whole(msgspec.Struct):
    result: Any = None
    sub_code: Any = None
    sub_msg: Any = None
    data: Any = None


def read(api: Api, text: bytes) -> Told:
    """Return the envelope; `data` has what is declared and what veiling needs to know.

    Raises ValueError, TypeError or RecursionError where it is no JSON object.
    """
    try:
        return cast("Told", _reader(api).decode(text))
    except msgspec.ValidationError:
        whole = json.loads(text)
        if not isinstance(whole, dict):
            raise TypeError("an object is wanted") from None
        told = _Whole(*[whole.get(name) for name in (*_HEAD, "data")])
        wanted = _wanted(api)
        if wanted is not None:
            told.data = rules.project(wanted, told.data)
        return told


def undeclared(api: Api, text: bytes) -> list[str]:
    """Return the fields of an answer that are not declared and so were not read.

    Reads the whole answer; `Watch` asks now and then, no call does. What is no answer has none.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(whole, dict):
        return []
    wanted = _wanted(api)
    inside = () if wanted is None else rules.undeclared(wanted, whole.get("data"), "data")
    return [*(whole.keys() - {*_HEAD, "data"}), *inside]


def leave(api: Api, content: Any, own: Mapping[str, str] = NOBODY) -> Any:
    """Return what `read` gave, after veiling, as it may leave; `own` are open ids by leaf.

    The same as `rules.project`, which is asked where more was read than may leave.
    """
    if content is None and isinstance(api.result, tuple):
        return []
    if not _exact(api):
        return rules.project(api.result, content, own)
    _fill(_selves(api), content, own)
    return content


@lru_cache(maxsize=1024)
def _reader(api: Api) -> msgspec.json.Decoder[Any]:
    wanted = _wanted(api)
    data = Any if wanted is None else _kind(wanted) | None
    head = [(name, Any, None) for name in _HEAD]
    return msgspec.json.Decoder(msgspec.defstruct("Told", [*head, ("data", data, None)]))


def _kind(shape: Shape) -> Any:
    """Return the type of a shape: what an object has may be absent, and null unless a list."""
    if isinstance(shape, str):
        return Any if shape == "any" else _LEAF
    if isinstance(shape, tuple):
        return list[_kind(shape[0])]  # type: ignore[misc]  # made at run time
    fields = {name: _kind(inner) for name, inner in shape.items() if not rules.is_filled(inner)}
    return TypedDict("Fields", fields, total=False) | None  # type: ignore[operator]


@lru_cache(maxsize=1024)
def _wanted(api: Api) -> Shape | None:
    """Return the result with the plain personal fields in it; None where that cannot be said."""
    shape, each = api.result, api.records.each
    try:
        for path in _needed(api):
            shape = _put(shape, each + path, len(each))
    except LookupError:
        return None
    return shape


def _needed(api: Api) -> Iterator[tuple[str, ...]]:
    yield from (field.path for field in api.personal)
    yield from filter(None, (api.records.buyer, api.records.bound))


def _put(shape: Shape, path: tuple[str, ...], lists_at: int) -> Shape:
    """Return the shape with a leaf at the path. Only the list of records may lie on the way."""
    if isinstance(shape, tuple):
        if lists_at != 0:
            raise LookupError(path)
        return (_put(shape[0], path, -1),)
    if isinstance(shape, str):
        raise LookupError(path)  # noqa: TRY004 - the path leads nowhere; the type is as declared
    name, *rest = path
    if not rest:
        return {name: "text", **shape}
    return {**shape, name: _put(shape.get(name, {}), tuple(rest), lists_at - 1)}


@lru_cache(maxsize=1024)
def _exact(api: Api) -> bool:
    """Tell whether nothing is read that may not leave, but plain values that veiling takes out."""
    wanted = _wanted(api)
    if wanted is None:
        return False
    kept: Shape = api.result
    for one in api.personal:
        if one.guard is not Guard.OPEN:
            kept = _put(kept, api.records.each + one.path, len(api.records.each))
            if not _declares(api, one.path[:-1]):
                return False
    return kept == wanted


def _declares(api: Api, path: tuple[str, ...]) -> bool:
    shape: Shape | None = api.result
    for name in api.records.each + path:
        shape = shape[0] if isinstance(shape, tuple) else shape
        shape = shape.get(name) if isinstance(shape, Mapping) else None
    return shape is not None


@lru_cache(maxsize=1024)
def _selves(api: Api) -> list[tuple[tuple[str, ...], str]]:
    """Return the ways to each open id that is a field."""
    return [(way, leaf) for way, leaf in _ways(api.result) if way and way[-1]]


def _ways(shape: Shape) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to each open id that is filled in, and its leaf; a nameless step is a list."""
    if isinstance(shape, str):
        if rules.is_filled(shape):
            yield (), shape
    elif isinstance(shape, tuple):
        yield from ((("", *way), leaf) for way, leaf in _ways(shape[0]))
    else:
        for name, inner in shape.items():
            yield from (((name, *way), leaf) for way, leaf in _ways(inner))


def _fill(ways: list[tuple[tuple[str, ...], str]], content: Any, own: Mapping[str, str]) -> None:
    for (*steps, last), leaf in ways:
        parents = [content]
        for step in steps:
            if step:
                parents = [one[step] for one in parents if isinstance(one, dict) and step in one]
            else:
                parents = [one for many in parents if isinstance(many, list) for one in many]
        for parent in parents:
            if isinstance(parent, dict):
                parent[last] = own[leaf]
