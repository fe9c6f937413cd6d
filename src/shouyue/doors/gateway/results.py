"""The numbers of the protocol (section 1.6) and the envelope (section 1.5).

The table of numbers is the catalogue's, so that the pages of errors say what is answered.
"""

import json
from collections.abc import Mapping
from typing import Any

from shouyue.doors.gateway.errors import UpstreamRefused
from shouyue.doors.gateway.types import Answer
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.catalogue import service as catalogue

SUCCESS = 1
INTERNAL = 11
WANTS_QUOTA = "x-want-quota"
"""Who sends this header hears what is left of the limits; others get no header they do not know."""

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


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _answer(request: str, whole: Mapping[str, Any], status: int = 200) -> Answer:
    body = _write({**whole, "requestId": request, "request_id": request})
    headers = _JSON | {"x-request-id": request, "cache-control": "no-store"}
    return Answer(status, body.encode(errors="replace"), headers)
