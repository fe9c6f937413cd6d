"""Pure checks of a call (protocol, sections 1.2 and 7.4). Nothing here waits or reads a clock."""

import ipaddress
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from shouyue.doors.gateway.errors import (
    AppTokenOnly,
    GivenTwice,
    Invalid,
    MethodMismatch,
    Missing,
    NoPackage,
    NoScope,
    NotAnObject,
    NoTimestamp,
    NoToken,
    NotThisApp,
    OutOfTime,
)
from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, TokenKind
from shouyue.platform.oauth.errors import TokenExpired
from shouyue.platform.oauth.types import Pass
from shouyue.platform.oauth.types import TokenKind as Held

_REQUIRED = ("appkey", "method", "timestamp", "signMethod", "sign")
_SIGN_METHODS = frozenset({"MD5", "HMAC_SHA256"})
_SECONDS, _MILLISECONDS = 10, 13  # digits of a timestamp
_EMPTY = frozenset({"", "{}", "[]"})
_MOST_TOKEN = 500


def check_system(params: Mapping[str, str], now: datetime, tolerance: int) -> None:
    """Return if the system parameters are there and well formed, and the time is near (seconds)."""
    for name in _REQUIRED:
        if not params.get(name):
            raise Missing(name=name)
    if params.get("version", "1") != "1":
        raise Invalid(name="version", wanted="1")
    if params["signMethod"] not in _SIGN_METHODS:
        raise Invalid(name="signMethod", wanted="HMAC_SHA256, MD5")
    if not -tolerance <= _moment(params["timestamp"]) - now.timestamp() <= tolerance:
        raise OutOfTime(minutes=tolerance // 60)


def route(path: str, method: str) -> Api:
    """Return the API of path and method. A path that names none leaves it to the method.

    Raises UnknownApi, and MethodMismatch where the path names another API.
    """
    api, at = catalogue.find(method), catalogue.at_path(path)
    if at is not None and at is not api:
        raise MethodMismatch(path=at.name, method=api.name)
    return api


def business(params: Mapping[str, str]) -> dict[str, Any]:
    """Return the business parameters; absent, `{}` and `[]` are all empty.

    Raises NotAnObject, or GivenTwice for a name with two values in one object (RFC 8259, 4): what
    reads it before us or after us need not take the same one.
    """
    text = params.get("param", "").strip()
    if text in _EMPTY:
        return {}
    try:
        found = _read(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise NotAnObject from None
    if not isinstance(found, dict):
        if found == []:  # as some clients write nothing, with blanks too
            return {}
        raise NotAnObject
    colons = text.count(":")  # more than names: a value holds one, or a name came twice
    if colons != len(found) and colons != _names(found):
        json.loads(text, object_pairs_hook=_each_once)
    return found


def _names(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_names, value.values()))
    return sum(map(_names, value)) if isinstance(value, list) else 0


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for name, value in pairs if len(found) != len(pairs) else ():
        if found[name] != value:
            raise GivenTwice(name=name[:40])
    return found


def wants_token(api: Api, params: Mapping[str, str]) -> str:
    """Return the token to look up, empty where none is given and none is needed."""
    token = params.get("access_token", "")
    if not token and api.token is TokenKind.USER:
        raise NoToken
    return token[:_MOST_TOKEN]


def check_pass(api: Api, app: Credentials, holder: Pass, now: datetime) -> None:
    """Return if the token lets this app call this API now."""
    if holder.app_id != app.app_id:
        raise NotThisApp
    if holder.until <= now:
        raise TokenExpired
    if holder.kind is Held.APP:
        if api.token is TokenKind.USER:
            raise AppTokenOnly
    elif api.scope not in holder.scopes:
        raise NoScope(scope=api.scope)


def check_reads_buyers(app: Credentials, holder: Pass | None) -> None:
    """Return if the app may still read buyers' fields: who may not has none opened either."""
    packages = catalogue.buyer_scopes()
    if packages.isdisjoint(app.scopes):
        raise NoPackage(scope=" / ".join(sorted(packages)))
    if holder is None or packages.isdisjoint(app.scopes.intersection(holder.scopes)):
        raise NoScope(scope=" / ".join(sorted(packages)))


@lru_cache(maxsize=4096)
def cut(client: str) -> str:
    """Return a client's network: the last byte of IPv4 away, 48 bits of IPv6 kept (DI-30)."""
    try:
        at = ipaddress.ip_address(client)
    except ValueError:
        return ""
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped:
        at = at.ipv4_mapped
    width = 24 if isinstance(at, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network(f"{at.compressed.partition('%')[0]}/{width}", strict=False))


def _moment(text: str) -> float:
    """Return epoch seconds."""
    if text.isascii() and text.isdecimal():
        if len(text) == _MILLISECONDS:
            return int(text) / 1000
        if len(text) == _SECONDS:
            return int(text)
    raise NoTimestamp


_read = msgspec.json.Decoder().decode
"""Strict: neither NaN nor a number that no float holds, nor half a surrogate pair."""
