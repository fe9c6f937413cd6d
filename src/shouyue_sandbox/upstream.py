"""The upstream route: `POST /api/<method>`, signed by the gateway.

The body is JSON `{"seller_id", "app_key", "param"}`, and `staff_id` where a sub-account gave the
token; an upload is multipart with that JSON in the
part `call` and the file in `imgBytes`. The answer is `{"result": 1, "data": …}` or a refusal with
`result`, `sub_code` and `sub_msg`.
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shouyue_sandbox import wire
from shouyue_sandbox.shop.answers import Refused, answer
from shouyue_sandbox.shop.life import Shop

_MOST_BYTES = 12 * 1024 * 1024


class Upstream:
    """Answers the gateway for the sandbox's shops."""

    def __init__(self, shop: Shop, secret: str, clock_ms: Callable[[], int]) -> None:
        """Refuse whatever is not signed with `secret`."""
        self._shop = shop
        self._secret = secret
        self._clock_ms = clock_ms

    async def call(self, request: Request) -> Response:
        """POST /api/{method}."""
        body = await request.body()
        genuine = wire.genuine(self._secret, request.headers, self._clock_ms(), body)
        if len(body) > _MOST_BYTES or not genuine:
            return JSONResponse({"result": 27, "sub_code": "upstream.signature"}, 403)
        try:
            asked = await self._asked(request)
            seller_id, param = int(asked["seller_id"]), dict(asked["param"])
            staff_id = int(asked.get("staff_id", 0))
        except (KeyError, TypeError, ValueError):
            return JSONResponse({"result": 13, "sub_code": "upstream.malformed"}, 400)
        try:
            data = answer(self._shop, request.path_params["method"], seller_id, param, staff_id)
        except Refused as no:
            refusal = {"result": no.result, "sub_code": no.sub_code, "sub_msg": no.sub_msg}
            return JSONResponse(refusal)
        return JSONResponse({"result": 1, "data": data})

    async def _asked(self, request: Request) -> dict[str, Any]:
        if not request.headers.get("content-type", "").startswith("multipart/"):
            asked: dict[str, Any] = await request.json()
            return asked
        async with request.form() as form:
            asked = json.loads(str(form["call"]))
            image = form.get("imgBytes")
            if isinstance(image, UploadFile):
                asked["param"]["imgBytes"] = await image.read()
        return asked
