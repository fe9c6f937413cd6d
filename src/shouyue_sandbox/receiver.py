"""A sample app of a developer: takes pushed messages as a real receiver would and shows them.

Body: Base64 of AES-CBC with a zero IV under the app's message key. Answer: `{"result": 1}`.
"""

import base64
import json
from collections import deque

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from shouyue_sandbox.pages.render import BASE, page
from shouyue_sandbox.shop.shelf import Document, Shelf


def decode(key: str, body: bytes) -> Document:
    """Return the message inside a pushed body, or raise ValueError."""
    opener = Cipher(algorithms.AES(base64.b64decode(key)), modes.CBC(bytes(16))).decryptor()
    padded = opener.update(base64.b64decode(body)) + opener.finalize()
    stripper = PKCS7(128).unpadder()
    message: Document = json.loads(stripper.update(padded) + stripper.finalize())
    return message


class Receiver:
    """Holds one message key; remembers the last messages, each `eventId` once."""

    def __init__(self, shelf: Shelf) -> None:
        """Keep the key on the shelf, the messages in memory."""
        self._shelf = shelf
        self._seen: deque[Document] = deque(maxlen=50)

    async def show(self, _request: Request) -> Response:
        """GET: the messages so far."""
        key = (self._shelf.get("receiver", 1) or {}).get("key", "")
        return page("receiver.html", has_key=bool(key), messages=list(self._seen))

    async def set_key(self, request: Request) -> Response:
        """POST: the message key of the app whose messages come here."""
        form = await request.form()
        self._shelf.put("receiver", 1, {"key": str(form.get("key", "")).strip()})
        return RedirectResponse(f"{BASE}/receiver", 303)

    async def push(self, request: Request) -> Response:
        """POST: one message."""
        key = (self._shelf.get("receiver", 1) or {}).get("key", "")
        try:
            message = decode(key, await request.body())
        except ValueError:
            return JSONResponse({"result": 0, "error_msg": "cannot decode with this key"})
        known = any(message.get("eventId") == seen.get("eventId") for seen in self._seen)
        if not message.get("test") and not known:
            self._seen.appendleft(message)
        return JSONResponse({"result": 1})

    async def callback(self, request: Request) -> Response:
        """GET: where a merchant lands after authorising; shows the code to paste."""
        return page("callback.html", asked=request.query_params)
