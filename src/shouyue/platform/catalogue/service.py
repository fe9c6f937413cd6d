"""The catalogue: what is opened, under which permission, and which answers speak of people.

Read from the package's own files and the operator's folder. Gateway, push, oauth and the
documentation pages ask it, so what is documented is what runs. Clauses: 1, 2.3.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from shouyue.platform.catalogue import faults, files, rules
from shouyue.platform.catalogue.errors import (
    CatalogueBroken,
    NotOpened,
    Replaced,
    UnknownApi,
    UnknownEvent,
)
from shouyue.platform.catalogue.types import PROTECTED, Api, Event, Fault, Personal, Scope, Whose
from shouyue.privacy.policy.items import Item

check_params = rules.check_params
only_declared = rules.only_declared
project = rules.project
undeclared = rules.undeclared
wanted = rules.wanted
leaving = faults.leaving
names = files.names

_ADDED: dict[str, Api] = {}


def use(folder: Path | None) -> None:
    """Open the APIs of the operator's folder beside our own, or ours alone for None.

    Raises CatalogueBroken for a file that cannot be read or does not agree; then nothing changes.
    """
    found = files.added(folder) if folder else {}
    for api in found.values():
        for fault in faults.of_api(api):
            raise CatalogueBroken(where=fault.where, why=fault.why)
    _ADDED.clear()
    _ADDED.update(found)
    apis.cache_clear()
    _by_path.cache_clear()
    buyer_scopes.cache_clear()


@cache
def apis() -> Mapping[str, Api]:
    """Return every opened API by name."""
    return dict(sorted({**files.own(), **_ADDED}.items()))


def events() -> Mapping[str, Event]:
    """Return every event by name."""
    return files.events()


def scopes() -> Mapping[str, Scope]:
    """Return every permission package by name."""
    return files.scopes()


def results() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the numbers of calls (`call`), of business (`business`), of tokens (`token`).

    Each row has `result`, what it means in `zh` and `en`, `cause` and `fix` in both languages;
    rows of calls have the permanent `codes` that they stand for.
    """
    return files.results()


def sub_codes() -> Mapping[str, Mapping[str, Any]]:
    """Return the sub codes of answers: `result`, and `cause` and `fix` in both languages.

    The gateway takes its numbers from here.
    """
    return files.sub_codes()


def unopened() -> Mapping[str, str]:
    """Return the names that the protocol knows and nobody opens here, with their verbs."""
    return {name: verb for name, verb in names().items() if name not in apis()}


def number(code: str) -> int | None:
    """Return the number by which a call is told this permanent code, None where it has none."""
    row = sub_codes().get(code)
    return int(row["result"]) if row else None


def find(method: str) -> Api:
    """Return the API of this dotted name; raises UnknownApi, or NotOpened for one known elsewhere.

    Raises Replaced for a retired name.
    """
    api = apis().get(method)
    if api is not None:
        return api
    if method in files.instead():
        raise Replaced(api=method, instead=files.instead()[method])
    if method in names():
        raise NotOpened(api=method)
    raise UnknownApi(api=method[:100])


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


@cache
def buyer_scopes() -> frozenset[str]:
    """Return the permission packages with an API that tells buyers' fields as ciphertext."""
    return frozenset(api.scope for api in apis().values() if any(map(_of_buyer, api.personal)))


def check() -> list[Fault]:
    """Return what does not agree: unknown scopes, personal fields that are not in the result."""
    return [
        *faults.of_events(),
        *(fault for api in apis().values() for fault in faults.of_api(api)),
    ]


def _of_buyer(field: Personal) -> bool:
    return field.whose is Whose.BUYER and field.guard in PROTECTED


@cache
def _by_path() -> Mapping[str, Api]:
    return {api.path: api for api in apis().values()}
