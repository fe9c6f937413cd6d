"""The checks of a signed call as a developer of a Python gateway writes them; used by both peers.

The same work as `check.lua`: parameters, time, app, signature, token, scope, a bucket of calls.
It writes neither log nor release. `data.json` in the folder that FOLDER names has apps and tokens.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

UPSTREAM = "http://127.0.0.1:9000/api/"
_SIGNED = ("access_token", "appkey", "method", "param", "signMethod", "timestamp", "version")
_NEEDED = ("appkey", "method", "timestamp", "signMethod", "sign")
_RATE = 1e6
_TOLERANCE_MS = 600_000

_told = json.loads((Path(os.environ["FOLDER"]) / "data.json").read_text())
_apps = {
    key: {"secret": app["secret"], "left": _RATE, "last": 0.0} for key, app in _told["apps"].items()
}
_tokens = {key: {**one, "scopes": frozenset(one["scopes"])} for key, one in _told["tokens"].items()}


def check(params: Mapping[str, str]) -> tuple[int, str]:
    """Return 0 and the seller, or the number of the protocol's refusal and nothing."""
    if not all(params.get(name) for name in _NEEDED):
        return 12, ""
    now = time.time()
    if abs(now * 1000 - float(params["timestamp"])) > _TOLERANCE_MS:
        return 13, ""
    app = _apps.get(params["appkey"])
    if app is None or not hmac.compare_digest(_sign(params, app["secret"]), params["sign"]):
        return 27, ""
    token = _tokens.get(params.get("access_token", ""))
    if token is None or token["app"] != params["appkey"]:
        return 24, ""
    if params["method"] not in token["scopes"]:
        return 28, ""
    app["left"] = min(_RATE, app["left"] + (now - app["last"]) * _RATE) - 1
    app["last"] = now
    return (0, str(token["seller"])) if app["left"] >= 0 else (1016, "")


def _sign(params: Mapping[str, str], secret: str) -> str:
    text = "&".join(f"{name}={params[name]}" for name in _SIGNED if name in params)
    octets = f"{text}&signSecret={secret}".encode()
    if params["signMethod"] == "MD5":
        return hashlib.md5(octets, usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.digest(secret.encode(), octets, "sha256")).decode()
