"""A client in Python to take away, made from the catalogue: one method for each API.

It needs Python 3.10 and nothing else. It holds no secret; whoever uses it brings appkey, signSecret
and token. Clause 2.3.
"""

import json
from collections.abc import Iterator, Sequence
from keyword import iskeyword

from starlette.responses import Response

from shouyue.doors.web.routes import Page, anyone
from shouyue.doors.web.visits import Visit
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api, Param

_TYPES = {
    "int": "int",
    "text": "str",
    "bool": "bool",
    "object": "dict[str, Any]",
    "ints": "list[int]",
    "texts": "list[str]",
    "objects": "list[dict[str, Any]]",
}
_HEAD = '''"""Client of the open platform at @ORIGIN@, made from its catalogue."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Refused(Exception):
    """The platform said no: `result`, the permanent `sub_code`, and the request's id."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("error_msg", ""))
        self.result = answer["result"]
        self.sub_code = answer.get("sub_code", "")
        self.request_id = answer.get("requestId", "")


class Client:
    """One app, and the merchant whose access_token it holds."""

    def __init__(
        self, appkey: str, sign_secret: str, access_token: str = "", origin: str = @QUOTED@
    ) -> None:
        self._appkey = appkey
        self._secret = sign_secret
        self._token = access_token
        self._origin = origin

    def call(self, method: str, param: dict[str, Any] | None = None) -> Any:
        """Return `data` of an API, or the whole answer where there is none; raises Refused."""
        given = {name: value for name, value in (param or {}).items() if value is not None}
        params = {
            "appkey": self._appkey,
            "method": method,
            "param": json.dumps(given, ensure_ascii=False, separators=(",", ":")),
            "signMethod": "HMAC_SHA256",
            "timestamp": str(int(time.time() * 1000)),
            "version": "1",
        }
        if self._token:
            params["access_token"] = self._token
        base = "&".join(f"{name}={params[name]}" for name in sorted(params))
        base += f"&signSecret={self._secret}"
        mark = hmac.new(self._secret.encode(), base.encode(), hashlib.sha256).digest()
        params["sign"] = base64.b64encode(mark).decode()
        url = f"{self._origin}/{method.replace('.', '/')}"
        with urlopen(Request(url, urlencode(params).encode()), timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        if found["result"] != 1:
            raise Refused(found)
        return found.get("data", found)
'''


def client(visit: Visit) -> Response:
    """GET /docs/client.py."""
    text = program(list(catalogue.apis().values()), visit.site.origin)
    return Response(text, headers={"Cache-Control": "no-cache"}, media_type="text/x-python")


def program(apis: Sequence[Api], origin: str) -> str:
    """Return the module of these APIs, served at an origin."""
    head = _HEAD.replace("@ORIGIN@", origin).replace("@QUOTED@", json.dumps(origin))
    return "\n".join([head, *("\n".join(_method(api, origin)) for api in apis)])


def _method(api: Api, origin: str) -> Iterator[str]:
    needed = [one for one in api.params if one.required]
    spare = [one for one in api.params if not one.required]
    yield f"    def {api.name.replace('.', '_')}("
    yield "        self,"
    if api.params:
        yield "        *,"
    yield from (f"        {_named(one)}: {_TYPES[one.type]}," for one in needed)
    yield from (f"        {_named(one)}: {_TYPES[one.type]} | None = None," for one in spare)
    yield "    ) -> Any:"
    said = f"{api.zh} · {api.en}. {origin}/docs/api/{api.name}"
    yield f"        {json.dumps(said, ensure_ascii=False)}"
    given = ", ".join(f"{json.dumps(one.name)}: {_named(one)}" for one in api.params)
    yield f"        return self.call({json.dumps(api.name)}, {{{given}}})"
    yield ""


def _named(param: Param) -> str:
    return f"{param.name}_" if iskeyword(param.name) else param.name


PAGES = (Page("/docs/client.py", client, who=anyone),)
