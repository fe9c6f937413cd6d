"""The checks of a signed call as a developer of a Python gateway writes them; used by both peers.

The same work as `check.lua`: each parameter once, time, app, both signatures, addresses, token,
scope, a bucket of calls, and a line of a buffered log; no release is written. `data.json` in the
folder that FOLDER names has apps and tokens, and the log lies there too.
"""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

UPSTREAM = "http://127.0.0.1:9000/api/"
_SIGNED = (
    *("access_token", "appkey", "method", "nonce"),
    *("param", "signMethod", "timestamp", "version"),
)
_NEEDED = ("appkey", "method", "timestamp", "signMethod", "sign")
_METHODS = frozenset({"MD5", "HMAC_SHA256"})
_RATE = 1e6
_TOLERANCE_MS = 600_000

_folder = Path(os.environ["FOLDER"])
_told = json.loads((_folder / "data.json").read_text())
_apps = {
    key: {**app, "networks": frozenset(app["networks"]), "left": _RATE, "last": 0.0}
    for key, app in _told["apps"].items()
}
_tokens = {key: {**one, "scopes": frozenset(one["scopes"])} for key, one in _told["tokens"].items()}
_log = (_folder / f"peer-{os.getpid()}.log").open("w", buffering=64 * 1024)


def check(pairs: Sequence[tuple[str, str]], client: str) -> tuple[int, str, Mapping[str, str]]:
    """Return 0 and the seller, or the number of the protocol's refusal and nothing; parameters."""
    params = dict(pairs)
    is_whole = len(params) == len(pairs) and all(params.get(name) for name in _NEEDED)
    if not is_whole or params["signMethod"] not in _METHODS:
        return 12, "", params
    return *_checked(params, client), params


def log(params: Mapping[str, str], client: str, result: int, begun: float, octets: int) -> None:
    """Write the line of a call that was answered, `begun` by `time.perf_counter`."""
    line = {
        "request": uuid.uuid4().hex,
        "at": time.time(),
        "app": params.get("appkey"),
        "api": params.get("method"),
        "client": client,
        "result": result,
        "seconds": time.perf_counter() - begun,
        "octets": octets,
    }
    _log.write(json.dumps(line) + "\n")


def _checked(params: Mapping[str, str], client: str) -> tuple[int, str]:
    now = time.time()
    if abs(now * 1000 - float(params["timestamp"])) > _TOLERANCE_MS:
        return 13, ""
    app = _apps.get(params["appkey"])
    if app is None or not hmac.compare_digest(_sign(params, app["secret"]), params["sign"]):
        return 27, ""
    if f"{client}/32" not in app["networks"]:
        return 10, ""
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
