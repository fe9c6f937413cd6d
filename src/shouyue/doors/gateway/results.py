"""The numbers of the protocol (sections 1.6 and 2.3) and the envelope (section 1.5).

The table of numbers is the catalogue's, so that the pages of errors say what is answered.
"""

import json
from collections.abc import Mapping
from typing import Any

from shouyue.doors.gateway.errors import UpstreamRefused
from shouyue.doors.gateway.types import Answer
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.oauth.errors import OAuthRefusal

SUCCESS = 1
INTERNAL = 11

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
_JSON = {
    "content-type": "application/json;charset=utf-8",
    "x-content-type-options": "nosniff",
}


def number(refusal: Refusal) -> int:
    """Return the result number of a refusal."""
    if isinstance(refusal, UpstreamRefused):
        return int(refusal.facts["result"])
    return catalogue.number(refusal.code) or INTERNAL


def sub_code(refusal: Refusal) -> str:
    """Return the permanent code of a refusal, or the upstream's own."""
    if isinstance(refusal, UpstreamRefused):
        return str(refusal.facts["sub_code"]) or refusal.code
    return refusal.code


def success(request: str, content: Any, *, beside: bool = False) -> Answer:
    """Return the envelope of a success, fields `beside` it or in `data`; None is no payload."""
    whole = {"result": SUCCESS, "code": "1", "msg": "success", "error_msg": "SUCCESS"}
    if beside and isinstance(content, dict):
        return _answer(request, content | whole)
    payload = {} if content is None else {"data": content}
    return _answer(request, whole | payload)


def failure(request: str, refusal: Refusal, status: int = 200) -> Answer:
    """Return the envelope of a refusal: number, permanent code, both languages, and its page.

    What the operator's own system says is passed on as it is.
    """
    result, zh, en = number(refusal), refusal.say("zh"), refusal.say("en")
    code = sub_code(refusal)
    said = zh if zh == en else f"{zh} {en}"
    whole = {
        "result": result,
        "code": str(result),
        "msg": en,
        "sub_code": code,
        "sub_msg": f"{said} /docs/errors/{code}" if catalogue.number(code) else said,
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


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _answer(request: str, whole: Mapping[str, Any], status: int = 200) -> Answer:
    body = _write({**whole, "requestId": request, "request_id": request})
    headers = _JSON | {"x-request-id": request, "cache-control": "no-store"}
    return Answer(status, body.encode(errors="replace"), headers)
