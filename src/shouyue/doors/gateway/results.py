"""The numbers of the protocol (section 1.6) and the envelope (section 1.5).

One table: a refusal that is not in it is a failure of ours.
"""

import json
from collections.abc import Mapping
from typing import Any

from shouyue.doors.gateway.errors import UpstreamRefused
from shouyue.doors.gateway.types import Answer
from shouyue.ground.kit.errors import Refusal

SUCCESS = 1
INTERNAL = 11
WANTS_QUOTA = "x-want-quota"
"""Who sends this header hears what is left of the limits; others get no header they do not know."""

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
    "apps.replayed": 27,
    "apps.nonce": 13,
    "quotas.too-fast": 1016,
    "quotas.used-up": 1017,
    "gateway.no-scope": 28,
    "sharing.item-not-covered": 28,
    "catalogue.unknown-api": 1026,
    "gateway.malformed": 804000,
    "gateway.too-large": 804000,
    "gateway.too-slow": 804000,
}
_JSON = {
    "content-type": "application/json;charset=utf-8",
    "x-content-type-options": "nosniff",
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
    whole = {"result": SUCCESS, "code": "1", "msg": "success", "error_msg": "SUCCESS"}
    payload = {} if content is None else {"data": content}
    return _answer(request, whole | payload)


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


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _answer(request: str, whole: Mapping[str, Any], status: int = 200) -> Answer:
    body = _write({**whole, "requestId": request, "request_id": request})
    headers = _JSON | {"x-request-id": request, "cache-control": "no-store"}
    return Answer(status, body.encode(errors="replace"), headers)
