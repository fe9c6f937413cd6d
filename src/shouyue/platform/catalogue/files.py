"""The catalogue's files as values: the package's own, and a folder of the operator's.

An operator opens a further API by adding a file like those in `text/apis`, and no code.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from shouyue.platform.catalogue import rules
from shouyue.platform.catalogue.errors import CatalogueBroken
from shouyue.platform.catalogue.types import (
    Api,
    Event,
    Flow,
    Guard,
    Handler,
    Param,
    Personal,
    Records,
    Scope,
    Shape,
    TokenKind,
    Whose,
)
from shouyue.privacy.policy.items import Item

_VERBS = {"get": "GET", "post": "POST", "newer": ""}


@cache
def own() -> Mapping[str, Api]:
    """Return the package's APIs by name."""
    return {api.name: api for api in map(_api, _entries("apis"))}


def added(folder: Path) -> Mapping[str, Api]:
    """Return the APIs of an operator's folder by name; raises CatalogueBroken with the file."""
    found = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            api = _api(tomllib.loads(file.read_text("utf-8")))
        except (KeyError, TypeError, ValueError) as wrong:
            raise CatalogueBroken(where=file.name, why=str(wrong)[:200]) from None
        if file.name != f"{api.name}.toml":
            raise CatalogueBroken(where=file.name, why=f"the API is named {api.name}")
        if api.name in own():
            raise CatalogueBroken(where=file.name, why="the package opens this API already")
        found[api.name] = api
    if not found:
        raise CatalogueBroken(where=folder.name, why="no file *.toml")
    return found


@cache
def events() -> Mapping[str, Event]:
    """Return every event by name."""
    found: dict[str, Event] = {}
    for family in _entries("events"):
        for entry in family["event"]:
            found[entry["name"]] = _event(entry, family["scope"])
    return found


@cache
def scopes() -> Mapping[str, Scope]:
    """Return every permission package by name."""
    return {entry["name"]: Scope(**entry) for entry in _toml("scopes.toml")["scope"]}


@cache
def results() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the rows of `results.toml` under their headings."""
    return _toml("results.toml")


@cache
def sub_codes() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of `subcodes.toml` by code."""
    return {row["code"]: row for row in _toml("subcodes.toml")["sub"]}


@cache
def names() -> Mapping[str, str]:
    """Return every API name that the protocol knows, with its verb where that is known."""
    return dict(_names())


@cache
def instead() -> Mapping[str, str]:
    """Return the retired API names, each with the one that has taken its place."""
    return dict(_toml("names.toml")["instead"])


def _names() -> Iterator[tuple[str, str]]:
    for family in _toml("names.toml")["family"]:
        for key, verb in _VERBS.items():
            for name in family.get(key, ()):
                yield family["prefix"] + name, verb


@cache
def _shared() -> Mapping[str, Mapping[str, Shape]]:
    shared: dict[str, Mapping[str, Shape]] = {}
    for name, shape in _toml("shapes.toml").items():  # a shape may build on those above it
        shared[name] = rules.parse(shape, shared)
    return shared


def _api(entry: dict[str, Any]) -> Api:
    personal = tuple(
        Personal(_path(one["path"]), Item(one["item"]), Whose(one["whose"]), Guard(one["guard"]))
        for one in entry.pop("personal", ())
    )
    records = Records(**{key: _path(path) for key, path in entry.pop("records", {}).items()})
    return Api(
        token=TokenKind(entry.pop("token")),
        flow=Flow(entry.pop("flow", "none")),
        handler=Handler(entry.pop("handler", "upstream")),
        ciphers=tuple(_path(path) for path in entry.pop("ciphers", ())),
        params=_params(entry.pop("param", ())),
        result=rules.parse_result(entry.pop("result", ""), _shared()),
        examples=tuple(entry.pop("example", ())),
        records=records,
        personal=personal,
        **entry,
    )


def _params(entries: Sequence[dict[str, Any]]) -> tuple[Param, ...]:
    return tuple(
        Param(
            **entry
            | {
                "one_of": tuple(entry.get("one_of", ())),
                "fields": _params(entry.get("fields", ())),
                "item": Item(entry["item"]) if "item" in entry else None,
            }
        )
        for entry in entries
    )


def _event(entry: dict[str, Any], scope: str) -> Event:
    return Event(
        name=entry["name"],
        zh=entry["zh"],
        en=entry["en"],
        scope=scope,
        biz_id=entry["biz_id"],
        info=rules.parse(entry["info"], {}),
        example=entry["example"],
        items=frozenset(Item(item) for item in entry.get("items", ())),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.replace("[]", "").split(".")))


def _entries(folder: str) -> list[dict[str, Any]]:
    files = sorted(_text().joinpath(folder).iterdir(), key=lambda file: file.name)
    return [tomllib.loads(file.read_text("utf-8")) for file in files]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_text().joinpath(name).read_text("utf-8"))


def _text() -> Traversable:
    return resources.files("shouyue.platform.catalogue") / "text"
