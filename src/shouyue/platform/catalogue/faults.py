"""What in the catalogue does not agree: unknown packages, personal fields that are no result."""

import re
from collections.abc import Iterable, Iterator, Mapping

from shouyue.platform.catalogue import files, rules
from shouyue.platform.catalogue.errors import ParamInvalid, ParamMissing
from shouyue.platform.catalogue.types import (
    PROTECTED,
    Api,
    Fault,
    Handler,
    Param,
    Personal,
    Shape,
    TokenKind,
    Whose,
)

_NAME = re.compile(r"open(\.[A-Za-z][A-Za-z0-9_]*)+")
_TYPES = frozenset({"int", "text", "bool", "object", "ints", "texts", "objects"})


def leaving(field: Personal) -> tuple[str, ...]:
    """Return the field names under which a personal value leaves (protocol, section 5.1)."""
    name = field.path[-1]
    if field.guard not in PROTECTED:
        return (name,)
    spelled = name[:1].upper() + name[1:]
    return (f"encrypted{spelled}", f"desensitise{spelled}")


def of_events() -> Iterator[Fault]:
    """Yield the faults of events."""
    for event in files.events().values():
        if event.scope not in files.scopes():
            yield Fault(event.name, f"unknown scope {event.scope}")


def of_api(api: Api) -> Iterator[Fault]:
    """Yield the faults of one API."""
    if not _NAME.fullmatch(api.name):
        yield Fault(api.name, "not a name of the form open.a.b")
    if api.verb not in {"GET", "POST"}:
        yield Fault(api.name, f"no such verb: {api.verb}")
    if api.scope not in files.scopes():
        yield Fault(api.name, f"unknown scope {api.scope}")
    for param in _every(api.params):
        if param.type not in _TYPES:
            yield Fault(api.name, f"{param.name} has no type {param.type}")
    yield from _of_examples(api)
    yield from _of_result(api)


def _of_examples(api: Api) -> Iterator[Fault]:
    if not api.examples:
        yield Fault(api.name, "has no example")
    for example in api.examples:
        try:
            rules.check_params(api, example)
        except (ParamMissing, ParamInvalid) as no:
            yield Fault(api.name, f"its own example is refused: {no.say('en')}")


def _of_result(api: Api) -> Iterator[Fault]:
    if api.personal and api.token is not TokenKind.USER:
        yield Fault(api.name, "releases personal fields without a merchant's token")
    yield from _of_ciphers(api)
    record = _inside(api.result, api.records.each)
    for field in api.personal:
        parent = _inside(record, field.path[:-1])
        named = parent if isinstance(parent, Mapping) else {}
        for name in leaving(field):
            if name not in named:
                yield Fault(api.name, f"{name} is not in the result")
        if field.guard in PROTECTED and field.path[-1] in named:
            yield Fault(api.name, f"{field.path[-1]} would leave in plain")
        if field.whose is Whose.BUYER and not (api.records.buyer or api.records.bound):
            yield Fault(api.name, "does not say which field names the buyer")
        if field.guard in PROTECTED and not api.records.bound:
            yield Fault(api.name, "does not say to what its ciphertexts are bound")


def _of_ciphers(api: Api) -> Iterator[Fault]:
    ours = api.ciphers or api.handler is Handler.DECRYPTION
    if ours and api.token is not TokenKind.USER:
        yield Fault(api.name, "opens or makes ciphertexts without a merchant's token")
    known = {param.name for param in api.params}
    for path in api.ciphers:
        if path[0] not in known:
            yield Fault(api.name, f"{path[0]} is no parameter")


def _every(params: Iterable[Param]) -> Iterator[Param]:
    for param in params:
        yield param
        yield from _every(param.fields)


def _inside(shape: Shape | None, path: tuple[str, ...]) -> Shape | None:
    shape = shape[0] if isinstance(shape, tuple) else shape
    for name in path:
        shape = shape.get(name) if isinstance(shape, Mapping) else None
        if isinstance(shape, tuple):
            shape = shape[0]
    return shape
