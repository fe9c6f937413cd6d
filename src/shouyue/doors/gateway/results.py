"""The numbers of the protocol (sections 1.6 and 2.3) and the envelope (section 1.5).

One table: a refusal that is not in it is a failure of ours.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from shouyue.doors.gateway.errors import UpstreamRefused
from shouyue.doors.gateway.types import Answer
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.oauth.errors import OAuthRefusal

SUCCESS = 1
INTERNAL = 11

_NUMBERS = {
    "gateway.missing": 12,
    "catalogue.param-missing": 12,
    "gateway.invalid": 13,
    "gateway.given-twice": 13,
    "gateway.verb": 13,
    "gateway.timestamp": 13,
    "gateway.method-mismatch": 13,
    "catalogue.param-invalid": 13,
    "gateway.app-frozen": 22,
    "gateway.app-offline": 22,
    "gateway.address": 22,
    "gateway.no-package": 22,
    "sharing.recipient-not-active": 22,
    "gateway.no-token": 24,
    "gateway.token-of-another-app": 24,
    "oauth.token": 24,
    "sharing.no-provision": 24,  # the grant ended while the call was under way
    "gateway.app-token": 26,
    "apps.no-app": 27,
    "apps.signature": 27,
    "gateway.no-scope": 28,
    "sharing.item-not-covered": 28,
    "catalogue.unknown-api": 1026,
    "gateway.malformed": 804000,
    "gateway.too-large": 804000,
    "gateway.too-slow": 804000,
}
_OAUTH_NUMBERS = {
    "invalid_request": 100200100,
    "unauthorized_client": 100200101,
    "access_denied": 100200102,
    "unsupported_response_type": 100200103,
    "unsupported_grant_type": 100200104,
    "invalid_grant": 100200105,
    "invalid_scope": 100200106,
    "refresh_token_expired": 100200113,
    "server_error": 100200500,
}
_HEADERS = {
    "content-type": "application/json;charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def number(refusal: Refusal) -> int:
    """Return the result number of a refusal."""
    if isinstance(refusal, UpstreamRefused):
        return int(refusal.facts["result"])
    return _NUMBERS.get(refusal.code, INTERNAL)


def sub_code(refusal: Refusal) -> str:
    """Return the permanent code of a refusal, or the upstream's own."""
    if isinstance(refusal, UpstreamRefused):
        return str(refusal.facts["sub_code"]) or refusal.code
    return refusal.code


def success(request: str, content: Any) -> Answer:
    """Return the envelope of a success; `content` None means that there is no payload."""
    payload = b"" if content is None else b',"data":' + _write(content)
    mark = request.encode()
    body = b'%b%b,"requestId":"%b","request_id":"%b"}' % (_SUCCESS, payload, mark, mark)
    return Answer(200, body, _HEADERS, request)


def failure(request: str, refusal: Refusal, status: int = 200) -> Answer:
    """Return the envelope of a refusal: number, permanent code, and both languages."""
    result, zh, en = number(refusal), refusal.say("zh"), refusal.say("en")
    whole = {
        "result": result,
        "code": str(result),
        "msg": en,
        "sub_code": sub_code(refusal),
        "sub_msg": zh if zh == en else f"{zh} {en}",
        "error_msg": zh,
        "error_code": str(result),
    }
    return _answer(request, whole, status)


def oauth_success(request: str, wire: Mapping[str, object]) -> Answer:
    """Return an answer of the token endpoint, which has no key `error`."""
    return _answer(request, wire)


def oauth_number(refusal: Refusal) -> int:
    """Return the token endpoint's number; what is not its own refusal is a server error."""
    if isinstance(refusal, OAuthRefusal):
        return _OAUTH_NUMBERS[refusal.error]
    word = "invalid_request" if number(refusal) != INTERNAL else "server_error"
    return _OAUTH_NUMBERS[word]


def oauth_failure(request: str, refusal: Refusal) -> Answer:
    """Return a refusal of the token endpoint, with the protocol's word in `error`."""
    result = oauth_number(refusal)
    word = next(word for word, known in _OAUTH_NUMBERS.items() if known == result)
    said = f"{refusal.say('zh')} {refusal.say('en')}"
    whole = {"result": result, "error": word, "error_msg": said, "error_code": str(result)}
    return _answer(request, whole | {"sub_code": refusal.code})


def _answer(request: str, whole: Mapping[str, Any], status: int = 200) -> Answer:
    body = _spell({**whole, "requestId": request, "request_id": request})
    return Answer(status, body.encode(errors="replace"), _HEADERS, request)


_write = msgspec.json.Encoder().encode
_spell = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""For refusals, which may repeat half a surrogate pair that the client sent."""

_SUCCESS = b'{"result":1,"code":"1","msg":"success","error_msg":"SUCCESS"'
