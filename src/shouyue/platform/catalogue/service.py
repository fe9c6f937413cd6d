"""The catalogue: what is opened, under which permission, and which answers speak of people.

Read from the package's own files once. Gateway, push, oauth and the documentation pages ask it,
so what is documented is what runs. Clauses: 1, 2.3.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from shouyue.platform.catalogue import rules
from shouyue.platform.catalogue.errors import UnknownApi, UnknownEvent
from shouyue.platform.catalogue.types import (
    Api,
    Event,
    Fault,
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

check_params = rules.check_params
project = rules.project
wanted = rules.wanted

_PROTECTED = frozenset({Guard.NAME, Guard.PHONE, Guard.ADDRESS})


@cache
def apis() -> Mapping[str, Api]:
    """Return every opened API by name."""
    entries = [_api(entry, _shared()) for entry in _entries("apis")]
    return {api.name: api for api in sorted(entries, key=lambda api: api.name)}


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
    text = tomllib.loads(_text().joinpath("scopes.toml").read_text("utf-8"))
    return {entry["name"]: Scope(**entry) for entry in text["scope"]}


@cache
def results() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the numbers of calls (`call`) and of the token endpoint (`token`), with words.

    Each row has `result`, what it means in `zh` and `en`, `cause` and `fix` in both languages;
    rows of calls have the permanent `codes` that they stand for.
    """
    return tomllib.loads(_text().joinpath("results.toml").read_text("utf-8"))


def number(code: str) -> int | None:
    """Return the number by which a call is told this permanent code, None where it has none."""
    return _numbers().get(code)


def find(method: str) -> Api:
    """Return the API of this dotted name, or raise UnknownApi."""
    api = apis().get(method)
    if api is None:
        raise UnknownApi(api=method[:100])
    return api


def at_path(path: str) -> Api | None:
    """Return the API that this path names. A doubled `/open` is forgiven: a client sends it."""
    if path.startswith("/open/open/"):
        path = path.removeprefix("/open")
    return _by_path().get(path.rstrip("/"))


def event(name: str) -> Event:
    """Return the event of this name, or raise UnknownEvent."""
    found = events().get(name)
    if found is None:
        raise UnknownEvent(event=name[:100])
    return found


def default_scopes() -> tuple[str, ...]:
    """Return the permission packages that every app has from the start."""
    return tuple(name for name, scope in scopes().items() if scope.default)


def items_of(granted: frozenset[str]) -> frozenset[Item]:
    """Return the data items that a grant of these scopes may release, by call or by message."""
    by_call = {item for api in apis().values() if api.scope in granted for item in api.items}
    by_push = {item for one in events().values() if one.scope in granted for item in one.items}
    return frozenset(by_call | by_push)


def check() -> list[Fault]:
    """Return what does not agree: unknown scopes, personal fields that are not in the result."""
    faults = [
        Fault(name, f"unknown scope {scope}")
        for name, scope in [
            *((api.name, api.scope) for api in apis().values()),
            *((one.name, one.scope) for one in events().values()),
        ]
        if scope not in scopes()
    ]
    for api in apis().values():
        faults += _faults(api)
    return faults


def leaving(field: Personal) -> tuple[str, ...]:
    """Return the field names under which a personal value leaves (protocol, section 5.1)."""
    name = field.path[-1]
    if field.guard not in _PROTECTED:
        return (name,)
    spelled = name[:1].upper() + name[1:]
    return (f"encrypted{spelled}", f"desensitise{spelled}")


def _faults(api: Api) -> list[Fault]:
    faults = []
    if api.personal and api.token is not TokenKind.USER:
        faults.append(Fault(api.name, "releases personal fields without a merchant's token"))
    ours = api.ciphers or api.handler is not Handler.UPSTREAM
    if ours and api.token is not TokenKind.USER:
        faults.append(Fault(api.name, "opens or makes ciphertexts without a merchant's token"))
    known = {param.name for param in api.params}
    faults += [
        Fault(api.name, f"{path[0]} is no parameter")
        for path in api.ciphers
        if path[0] not in known
    ]
    record = _inside(api.result, api.records.each)
    for field in api.personal:
        parent = _inside(record, field.path[:-1])
        named = parent if isinstance(parent, Mapping) else {}
        faults += [
            Fault(api.name, f"{name} is not in the result")
            for name in leaving(field)
            if name not in named
        ]
        if field.guard in _PROTECTED and field.path[-1] in named:
            faults.append(Fault(api.name, f"{field.path[-1]} would leave in plain"))
        if field.whose is Whose.BUYER and not (api.records.buyer or api.records.bound):
            faults.append(Fault(api.name, "does not say which field names the buyer"))
    return faults


def _inside(shape: Shape | None, path: tuple[str, ...]) -> Shape | None:
    for name in path:
        shape = shape.get(name) if isinstance(shape, Mapping) else None
        if isinstance(shape, tuple):
            shape = shape[0]
    return shape


@cache
def _numbers() -> Mapping[str, int]:
    rows = results()["call"]
    return {code: row["result"] for row in rows for code in row.get("codes", ())}


@cache
def _by_path() -> Mapping[str, Api]:
    return {api.path: api for api in apis().values()}


@cache
def _shared() -> Mapping[str, Mapping[str, Shape]]:
    text = tomllib.loads(_text().joinpath("shapes.toml").read_text("utf-8"))
    shared: dict[str, Mapping[str, Shape]] = {}
    for name, shape in text.items():  # a shape may build on those above it
        shared[name] = rules.parse(shape, shared)
    return shared


def _api(entry: dict[str, Any], shared: Mapping[str, Mapping[str, Shape]]) -> Api:
    personal = tuple(
        Personal(_path(one["path"]), Item(one["item"]), Whose(one["whose"]), Guard(one["guard"]))
        for one in entry.pop("personal", ())
    )
    records = Records(**{key: _path(path) for key, path in entry.pop("records", {}).items()})
    return Api(
        token=TokenKind(entry.pop("token")),
        flow=Flow(entry.pop("flow", "none")),
        handler=Handler(entry.pop("handler", "upstream")),
        params=tuple(_param(one) for one in entry.pop("param", ())),
        result=rules.shape(entry.pop("result", ""), shared),
        ciphers=tuple(_path(path) for path in entry.pop("ciphers", ())),
        examples=tuple(entry.pop("example", ())),
        records=records,
        personal=personal,
        **entry,
    )


def _param(entry: dict[str, Any]) -> Param:
    return Param(**entry | {"one_of": tuple(entry.get("one_of", ()))})


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


def _text() -> Traversable:
    return resources.files("shouyue.platform.catalogue") / "text"
