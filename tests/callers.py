"""A client of the signed API and an upstream, both written from the protocol alone."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call
from shouyue.doors.upstreams.service import Upstream
from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.types import Pieces
from shouyue.ground.spools.service import Spools
from shouyue.platform.traffic.tables import CallRow
from shouyue.platform.traffic.types import Made
from tests.house import House
from tests.merchants import SELLER, authorise, exchange, make_app, make_merchant

SECRET = "upstream-secret"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def signature(params: Mapping[str, str], secret: str) -> str:
    """The signature as a client computes it, from the text of the protocol."""
    names = ("access_token", "appkey", "method", "param", "signMethod", "timestamp", "version")
    text = "&".join(f"{name}={params[name]}" for name in sorted(names) if name in params)
    text += f"&signSecret={secret}"
    if params["signMethod"] == "MD5":
        return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the protocol's
    mark = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(mark).decode()


class FakeUpstream:
    """Remembers what was asked; answers what it was told to, or fails."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.data: Any = {}
        self.whole: Any = None
        self.status = 200
        self.again: list[bool] = []
        self.away = False

    async def post(
        self, path: bytes, headers: bytes, body: bytes | Pieces, seconds: float, *, again: bool
    ) -> tuple[int, bytes]:
        """Answer one question; `seconds` is how long it would wait."""
        assert seconds > 0
        size = len(body)
        body = body if isinstance(body, bytes) else b"".join(body.pieces())
        assert len(body) == size
        self.again.append(again)
        if self.away:
            raise NoAnswer("timeout", sent=True)
        lines = headers.decode().removesuffix("\r\n").split("\r\n")
        given = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        stamp = given["x-shouyue-timestamp"].encode()
        mark = hmac.new(SECRET.encode(), stamp + b"\n" + body, hashlib.sha256).hexdigest()
        assert given["x-shouyue-signature"] == mark
        self.asked.append((path.decode(), given, body))
        whole = {"result": 1, "data": self.data} if self.whole is None else self.whole
        return self.status, whole if isinstance(whole, bytes) else json.dumps(whole).encode()

    async def close(self) -> None:
        """Nothing is open."""


class Scene:
    """A gateway with one app, one merchant and one grant, and a client that calls it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.upstream = FakeUpstream()
        self.spools = Spools(Path(gettempdir()) / "shouyue-spools", os.urandom)
        self.gateway = Gateway(
            house.store,
            Upstream(self.upstream, SECRET, house.clock),
        )
        with house.store.begin() as db:
            self.owner, self.app = make_app(db)
            self.merchant = make_merchant(db, SELLER)
            self.tokens = exchange(db, self.app, authorise(db, self.merchant, self.app))

    def params(self, api: str, param: Any = None, **other: str | None) -> dict[str, str]:
        """System and business parameters, signed; None takes one away, `sign` replaces it."""
        given: dict[str, str | None] = {
            "appkey": self.app.appkey,
            "method": api,
            "version": "1",
            "access_token": self.tokens.access,
            "timestamp": str(int(self.house.clock().timestamp() * 1000)),
            "signMethod": "HMAC_SHA256",
            "param": param if isinstance(param, str) else json.dumps(param or {}),
        }
        given |= other
        kept = {name: value for name, value in given.items() if value is not None}
        if "sign" not in given and "signMethod" in kept:
            kept["sign"] = signature(kept, self.app.sign_secret)
        return kept

    def logged(self) -> list[Made]:
        """The lines of the access log, newest first, once all are written."""
        asyncio.run(self.gateway.close())
        with self.house.store.read() as db:
            rows = db.execute(sa.select(CallRow.__table__).order_by(CallRow.request.desc()))
            return [Made._make(row) for row in rows]

    def call(self, api: str, param: Any = None, **other: str | None) -> dict[str, Any]:
        """Call as most clients do: a form by POST."""
        body = urlencode(self.params(api, param, **other)).encode()
        path = "/" + api.replace(".", "/")
        return self.read(Call("POST", path, b"", FORM, body, "203.0.113.9"))

    def answer(self, call: Call) -> Answer:
        """Hand a call to the gateway."""
        return asyncio.run(self.gateway.handle(call))

    def read(self, call: Call) -> dict[str, Any]:
        """Hand a call to the gateway and read the JSON; it is never a server error."""
        answer = self.answer(call)
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.body)
        assert isinstance(found["result"], int)
        assert found["requestId"] == found["request_id"]
        return found
