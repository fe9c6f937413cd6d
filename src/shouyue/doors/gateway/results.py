"""The numbers of the protocol (section 1.6) and the envelope (section 1.5).

The table of numbers is the catalogue's, so that the pages of errors say what is answered.
"""

import json
from typing import Any

import msgspec

from shouyue.doors.gateway.types import Answer
from shouyue.doors.upstreams.errors import UpstreamAway, UpstreamRefused
from shouyue.ground.kit.errors import Refusal
from shouyue.platform.catalogue import service as catalogue

SUCCESS = 1
INTERNAL = 11
WANTS_QUOTA = "x-want-quota"
"""Who sends this header hears what is left of the limits; others get no header they do not know."""

_HEADERS = {
    "content-type": "application/json;charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
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
    payload = b"" if content is None else _write(content)
    if beside and payload.startswith(b"{"):
        payload = payload[1:-1]
        payload = b"," + payload if payload else b""
    elif payload:
        payload = b',"data":' + payload
    mark = request.encode()
    body = b'%b%b,"requestId":"%b","request_id":"%b"}' % (_SUCCESS, payload, mark, mark)
    return Answer(200, body, _HEADERS, request)


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
        "requestId": request,
        "request_id": request,
    }
    headers = _HEADERS
    if isinstance(refusal, UpstreamAway):
        headers = {**_HEADERS, "retry-after": str(refusal.facts["seconds"])}  # RFC 9110, 10.2.3
    try:
        body = _write(whole)
    except UnicodeEncodeError:  # it repeats half a surrogate pair that the client sent
        body = _spell(whole).encode(errors="replace")
    return Answer(status, body, headers, request)


_write = msgspec.json.Encoder().encode
_spell = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_SUCCESS = b'{"result":1,"code":"1","msg":"success","error_msg":"SUCCESS"'
