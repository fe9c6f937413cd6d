"""A client of the protocol in a few lines, written from its description (1.2 to 1.4, 2.1)."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx2

_SIGNED = ("access_token", "appkey", "method", "param", "signMethod", "timestamp", "version")


def sign(params: Mapping[str, str], secret: str, method: str) -> str:
    """Return the signature: lower-case hex for MD5, Base64 for HMAC_SHA256."""
    pairs = [f"{name}={params[name]}" for name in _SIGNED if name in params]
    base = "&".join([*pairs, f"signSecret={secret}"]).encode()
    if method == "MD5":
        return hashlib.md5(base, usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.new(secret.encode(), base, hashlib.sha256).digest()).decode()


class Client:
    """One app's client."""

    def __init__(self, base_url: str, appkey: str, app_secret: str, sign_secret: str) -> None:
        """Speak for one app."""
        self._http = httpx2.Client(base_url=base_url, timeout=30, trust_env=False)
        self._appkey = appkey
        self._app_secret = app_secret
        self._sign_secret = sign_secret

    def exchange(self, code: str) -> dict[str, Any]:
        """Turn a merchant's code into tokens."""
        asked = {"grant_type": "code", "app_id": self._appkey, "app_secret": self._app_secret}
        return self._json(self._http.get("/oauth2/access_token", params={**asked, "code": code}))

    def call(
        self,
        api: str,
        param: Mapping[str, Any],
        token: str,
        method: str = "HMAC_SHA256",
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        """Call an API; a file goes beside the parameters and is not signed."""
        sent = {
            "access_token": token,
            "appkey": self._appkey,
            "method": api,
            "param": json.dumps(param, ensure_ascii=False),
            "signMethod": method,
            "timestamp": str(time.time_ns() // 1_000_000),
            "version": "1",
        }
        sent["sign"] = sign(sent, self._sign_secret, method)
        path = "/" + api.replace(".", "/")
        if files:
            return self._json(self._http.post(path, data=sent, files=files))
        return self._json(self._http.get(path, params=sent))

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _json(self, answer: httpx2.Response) -> dict[str, Any]:
        found: dict[str, Any] = answer.json()
        return found
