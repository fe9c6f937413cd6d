"""The catalogue as an OpenAPI 3.1 document: what is opened, for tools that read such documents.

Made from the same files that the gateway runs on. An operation is documented with its own verb; all
of them take their system parameters, `param` as one JSON text, and the signature.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shouyue.platform.catalogue import faults, files
from shouyue.platform.catalogue.types import Api, Flow, Param, Shape, TokenKind

VERSION = "3.1.1"
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_UPLOAD = "multipart/form-data"
_LEAVES: Mapping[str, Mapping[str, Any]] = {
    "int": {"type": "integer", "format": "int64"},
    "text": {"type": "string"},
    "bool": {"type": "boolean"},
    "any": {},
    "self": {"type": "string", "description": "店铺的 open_id · the shop's own open id"},
    "giver": {"type": "string", "description": "授权账号的 open_id · that of who gave the token"},
}
_LISTS = {"ints": "int", "texts": "text"}
_SYSTEM: Mapping[str, Mapping[str, Any]] = {
    "appkey": {"type": "string", "pattern": "^ks[0-9]+$"},
    "version": {"type": "string", "const": "1"},
    "timestamp": {"type": "string", "description": "毫秒 · epoch milliseconds"},
    "signMethod": {"type": "string", "enum": ["HMAC_SHA256", "MD5"]},
    "sign": {"type": "string", "description": "/docs"},
}
_ENVELOPE: Mapping[str, Any] = {
    "type": "object",
    "required": ["result", "requestId"],
    "properties": {
        "result": {"type": "integer", "description": "1 成功 success; /docs/errors"},
        "code": {"type": "string"},
        "msg": {"type": "string"},
        "sub_code": {"type": "string", "description": "/docs/errors/{sub_code}"},
        "sub_msg": {"type": "string"},
        "error_msg": {"type": "string"},
        "requestId": {"type": "string"},
        "request_id": {"type": "string"},
    },
}


def document(apis: Sequence[Api], origin: str) -> dict[str, Any]:
    """Return the document of these APIs, served at an origin such as `https://open.example`."""
    scopes = sorted({api.scope for api in apis})
    known = files.scopes()
    return {
        "openapi": VERSION,
        "info": {
            "title": "守约开放平台 · Shouyue open platform",
            "version": "1",
            "description": f"签名与授权见 {origin}/docs。Signing and grants: {origin}/docs.",
        },
        "servers": [{"url": origin}],
        "externalDocs": {"url": f"{origin}/docs"},
        "tags": [
            {"name": name, "description": f"{known[name].zh} · {known[name].en}"} for name in scopes
        ],
        "paths": {api.path: {api.verb.lower(): _operation(api, origin)} for api in apis},
        "components": {"schemas": {"Envelope": _ENVELOPE}},
    }


def _operation(api: Api, origin: str) -> dict[str, Any]:
    upload = api.flow is Flow.UPLOAD
    system = _properties(api)
    needed = [name for name in system if name not in {"param", "imgBytes"}]
    operation: dict[str, Any] = {
        "operationId": api.name,
        "summary": f"{api.zh} · {api.en}",
        "tags": [api.scope],
        "externalDocs": {"url": f"{origin}/docs/api/{api.name}"},
        "x-scope": api.scope,
        "x-token": api.token.value,
        "x-calls-a-second": api.qps,
        "x-personal": [
            {
                "path": ".".join((*api.records.each, *field.path[:-1], name)),
                "item": field.item.value,
                "whose": field.whose.value,
                "form": "veiled" if len(faults.leaving(field)) > 1 else "plain",
            }
            for field in api.personal
            for name in faults.leaving(field)
        ],
        "responses": {"200": {"description": "result 1, or a refusal", "content": _answer(api)}},
    }
    if api.verb == "GET":
        operation["parameters"] = [
            _query(name, schema, required=name in needed) for name, schema in system.items()
        ]
        return operation
    body = {"type": "object", "required": needed, "properties": system}
    kind = _UPLOAD if upload else _FORM
    param = {"param": {"contentType": _JSON}}
    operation["requestBody"] = {
        "required": True,
        "content": {kind: {"schema": body, "encoding": param} if api.params else {"schema": body}},
    }
    return operation


def _properties(api: Api) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        "method": {"type": "string", "const": api.name},
        **{name: dict(schema) for name, schema in _SYSTEM.items()},
    }
    if api.token is TokenKind.USER:
        found["access_token"] = {"type": "string"}
    if api.params:
        found["param"] = _object(api.params) | {"examples": [dict(one) for one in api.examples]}
    if api.flow is Flow.UPLOAD:
        found["imgBytes"] = {"type": "string", "contentMediaType": "application/octet-stream"}
    return found


def _query(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    given = {"name": name, "in": "query", "required": required}
    # `param` is one JSON text: described by its content, as the specification wants it.
    return given | (
        {"content": {_JSON: {"schema": schema}}} if name == "param" else {"schema": schema}
    )


def _answer(api: Api) -> dict[str, Any]:
    envelope = {"$ref": "#/components/schemas/Envelope"}
    if not api.result:
        return {_JSON: {"schema": envelope}}
    data = _shape(api.result)
    more = data if api.beside else {"type": "object", "properties": {"data": data}}
    return {_JSON: {"schema": {"allOf": [envelope, more]}}}


def _shape(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, str):
        return dict(_LEAVES[shape])
    if isinstance(shape, tuple):
        return {"type": "array", "items": _shape(shape[0])}
    fields = {name: _shape(inner) for name, inner in shape.items()}
    return {"type": "object", "properties": fields}


def _object(params: Sequence[Param]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if params:
        schema["properties"] = {param.name: _param(param) for param in params}
    if needed := [param.name for param in params if param.required]:
        schema["required"] = needed
    return schema


def _param(param: Param) -> dict[str, Any]:
    least, most = "minimum", "maximum"
    if param.type in {"object", "objects"}:
        schema = _object(param.fields)
    else:
        schema = dict(_LEAVES[_LISTS.get(param.type, param.type)])
    if param.type.endswith("s"):
        schema, least, most = {"type": "array", "items": schema}, "minItems", "maxItems"
    elif param.type == "text":
        least, most = "minLength", "maxLength"
    schema["description"] = f"{param.zh} · {param.en}"
    if param.one_of:
        schema["enum"] = list(param.one_of)
    if param.item:
        schema["x-item"] = param.item.value
    return schema | {
        name: bound
        for name, bound in ((least, param.least), (most, param.most))
        if bound is not None
    }
