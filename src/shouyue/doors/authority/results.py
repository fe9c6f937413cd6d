"""The token endpoint's words and numbers (protocol, 2.3), and those of the RFCs beside it."""

import json
from collections.abc import Mapping

from shouyue.doors.wire.types import Answer
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.grants.errors import OAuthRefusal

SUCCESS = 1
INVALID, TROUBLE = "invalid_request", "server_error"
NUMBERS = {
    INVALID: 100200100,
    "unauthorized_client": 100200101,
    "access_denied": 100200102,
    "unsupported_response_type": 100200103,
    "unsupported_grant_type": 100200104,
    "invalid_grant": 100200105,
    "invalid_scope": 100200106,
    "refresh_token_expired": 100200113,
    TROUBLE: 100200500,
}
_HEADERS = {
    "content-type": "application/json;charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "pragma": "no-cache",  # RFC 6749, 5.1
}
_UNKNOWN_CLIENT = "unauthorized_client"
_STATUS = {"invalid_client": 401, TROUBLE: 503}
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def word(refusal: Refusal) -> str:
    """Return the protocol's word; what is not the room's own refusal is trouble of ours."""
    return refusal.error if isinstance(refusal, OAuthRefusal) else TROUBLE


def success(request: str, wire: Mapping[str, object]) -> Answer:
    """Return what was asked for; an answer without a key `error`."""
    return _answer(request, wire, 200)


def failure(request: str, refusal: Refusal, said: str, *, standard: bool) -> Answer:
    """Return a refusal in the protocol's form with status 200, or as RFC 6749, 5.2 has it.

    `standard` is for the endpoints that newer clients alone know: there a client that is not
    known is `invalid_client`, and the status tells a refusal from an answer.
    """
    result = NUMBERS[said]
    name = "invalid_client" if standard and said == _UNKNOWN_CLIENT else said
    text = f"{refusal.say('zh')} {refusal.say('en')}"
    whole = {"result": result, "error": name, "error_msg": text, "error_code": str(result)}
    status = _STATUS.get(name, 400) if standard else 200
    more = {"www-authenticate": 'Basic realm="oauth"'} if status == 401 else {}  # noqa: PLR2004
    return _answer(request, whole | {"sub_code": refusal.code}, status, more)


def _answer(
    request: str, whole: Mapping[str, object], status: int, more: Mapping[str, str] | None = None
) -> Answer:
    body = _write({**whole, "requestId": request, "request_id": request})
    headers = _HEADERS | {"x-request-id": request} | dict(more or {})
    return Answer(status, body.encode(errors="replace"), headers)
