"""The door of the authorisation server, in the protocol's form and in the RFCs'.

`/oauth2/access_token` and `/oauth2/refresh_token` answer as the protocol says (section 2);
`/oauth2/revoke` and `/oauth2/introspect` as RFC 7009 and RFC 7662 do. Clauses: 2.3, 4.1, 6.2.1.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

import structlog

from shouyue.doors.authority import results
from shouyue.doors.authority.errors import Failed
from shouyue.doors.authority.metadata import (
    INTROSPECT_PATH,
    REFRESH_PATH,
    REVOKE_PATH,
    TOKEN_PATH,
)
from shouyue.doors.wire.types import Answer, Call
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.store.service import Store
from shouyue.platform.grants.errors import OAuthRefusal
from shouyue.platform.oauth import service as oauth
from shouyue.platform.oauth import standards
from shouyue.platform.oauth.errors import InvalidRequest, UnauthorizedClient

Read = Callable[[Call], Mapping[str, str]]
"""Answers the parameters of query and body as one, or raises the refusal that says why not."""

_DEFAULTS = {TOKEN_PATH: "", REFRESH_PATH: "refresh_token"}
_STANDARD = frozenset({REVOKE_PATH, INTROSPECT_PATH})
_BASIC = "basic "
_log = structlog.get_logger("shouyue.authority")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and what the access log says of it."""

    answer: Answer
    result: int = results.SUCCESS
    sub_code: str = ""


class Authority:
    """One per gateway; `forget` lets it drop at once what it holds of a revoked token."""

    def __init__(self, store: Store, forget: Callable[[str], None]) -> None:
        """Answer from this store."""
        self._store = store
        self._forget = forget

    def serves(self, path: str) -> bool:
        """Tell whether a path is this door's."""
        return path in _DEFAULTS or path in _STANDARD

    async def answer(self, call: Call, request: str, read: Read) -> Told:
        """Answer one request. Never raises."""
        standard = call.path in _STANDARD
        try:
            params = _with_basic(call, read(call))
        except Refusal as no:
            said = no.error if isinstance(no, OAuthRefusal) else results.INVALID
            return _told(request, no, said, standard=standard)
        try:
            found = await asyncio.to_thread(self._asked, call, params)
        except Refusal as no:
            found = no
        except Exception as error:  # noqa: BLE001 - no cause may reach the client
            kind = type(error).__name__
            _log.error("authority.failed", request=request, path=call.path, error=kind)
            found = Failed()
        if isinstance(found, Refusal):
            return _told(request, found, results.word(found), standard=standard)
        return Told(results.success(request, found))

    def _asked(self, call: Call, params: Mapping[str, str]) -> Mapping[str, object] | Refusal:
        if call.path in _STANDARD and call.method != "POST":
            raise InvalidRequest(name="POST")  # a token in an address stays in logs
        if call.path == REVOKE_PATH:
            self._forget(self._store.do(lambda db: oauth.revoke_token(db, params)))
            return {"result": results.SUCCESS}
        if call.path == INTROSPECT_PATH:
            known = self._store.do(lambda db: standards.introspect(db, params))
            told = known.wire() if known else {"active": False}
            return {"result": results.SUCCESS, **told}
        found = self._store.do(lambda db: oauth.token(db, params, _DEFAULTS[call.path]))
        return found if isinstance(found, Refusal) else found.wire()


def _told(request: str, no: Refusal, said: str, *, standard: bool) -> Told:
    answer = results.failure(request, no, said, standard=standard)
    return Told(answer, results.NUMBERS[said], no.code)


def _with_basic(call: Call, params: Mapping[str, str]) -> Mapping[str, str]:
    """Add who asks by HTTP Basic (RFC 6749, 2.3.1); raise where the parameters say another."""
    given = call.headers.get("authorization", "")
    if not given.lower().startswith(_BASIC):
        return params
    try:
        pair = base64.b64decode(given[len(_BASIC) :].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise UnauthorizedClient from None
    app_id, _, secret = pair.partition(":")
    # Two words for one name are left to the room, which refuses them where they disagree.
    return {**params, **_unlike(params, unquote_plus(app_id), unquote_plus(secret))}


def _unlike(params: Mapping[str, str], app_id: str, secret: str) -> Mapping[str, str]:
    found = {"app_id": app_id, "app_secret": secret}
    for name, value in found.items():
        if params.get(name, value) != value:
            raise InvalidRequest(name=name)
    return found
