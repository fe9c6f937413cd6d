"""A key service for tests: the public protocol of the transit engine, with real AES-GCM inside.

Follows OpenBao's documents: `encrypt`, `decrypt` and `rewrap` with `batch_input`, `keys/:name`
with `/rotate`, `/config` and `/trim`, errors as `{"errors": […]}`, ciphertexts `vault:v1:…`; of
`auth/token` `lookup-self` and `renew-self`; `X-Vault-Namespace`, beyond which a token is unknown.
"""

import base64
import binascii
import json
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "s.test-token"
Asked = dict[str, Any]
Answer = tuple[int, Any]


class No(Exception):  # noqa: N818 - an answer
    """What the service answers with 400."""


@dataclass
class Ring:
    """One named key with its versions."""

    roots: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    oldest: int = 1
    encrypt_from: int = 0

    def encrypt(self, item: Asked) -> Asked:
        version, nonce = max(self.roots), os.urandom(12)
        plain = base64.b64decode(item["plaintext"], validate=True)
        sealed = nonce + AESGCM(self.roots[version]).encrypt(nonce, plain, None)
        text = base64.b64encode(sealed).decode()
        return {"ciphertext": f"vault:v{version}:{text}", "key_version": version}

    def decrypt(self, item: Asked) -> Asked:
        if not item.get("ciphertext"):
            raise No("missing ciphertext to decrypt")
        _, mark, text = item["ciphertext"].split(":")
        version = int(mark[1:])
        if version < self.oldest:
            raise No("ciphertext or signature version is disallowed by policy (too old)")
        if version not in self.roots:
            raise No("invalid ciphertext: version is too new")
        try:
            sealed = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise No("invalid ciphertext: could not decode base64") from None
        try:
            plain = AESGCM(self.roots[version]).decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            raise No("cipher: message authentication failed") from None
        return {"plaintext": base64.b64encode(plain).decode()}

    def rewrap(self, item: Asked) -> Asked:
        return self.encrypt(self.decrypt(item))

    def config(self, asked: Asked) -> None:
        self.oldest = asked.get("min_decryption_version", self.oldest)
        self.encrypt_from = asked.get("min_encryption_version", self.encrypt_from)

    def trim(self, asked: Asked) -> None:
        least = asked["min_available_version"]
        if self.encrypt_from == 0:
            raise No(
                "minimum available version cannot be set when minimum encryption version is not set"
            )
        if least > min(self.oldest, self.encrypt_from):
            raise No("minimum available version cannot be greater than minimum decryption version")
        self.roots = {at: root for at, root in self.roots.items() if at >= least}


@dataclass
class Issued:
    """The token that the service knows: when it ends, and how far it is renewed. In seconds."""

    clock: Callable[[], float] = lambda: 0.0
    ends: float | None = None
    lasts: float = 0.0
    latest: float = float("inf")
    renewable: bool = True
    looks: bool = True
    """No for one that was made without the policy `default`."""

    def is_over(self) -> bool:
        return self.ends is not None and self.clock() >= self.ends

    def left(self) -> int:
        return 0 if self.ends is None else int(self.ends - self.clock())

    def answer(self, verb: str) -> Answer:
        if not self.looks:
            return 403, {"errors": ["permission denied"]}
        renewable = self.renewable and self.ends is not None
        if verb == "lookup-self":
            told = {"ttl": self.left(), "renewable": renewable, "type": "service"}
            return 200, {"data": told}
        if not renewable:
            return 400, {"errors": ["lease is not renewable"]}
        self.ends = min(self.clock() + self.lasts, self.latest)
        auth = {"lease_duration": self.left(), "renewable": True, "token_type": "service"}
        return 200, {"auth": auth, "data": None}


@dataclass
class Service:
    """The running service. `twist` changes an answer before it leaves; `asked` counts."""

    url: str
    rings: dict[str, Ring] = field(
        default_factory=lambda: {"shouyue": Ring(), "shouyue-custody": Ring()}
    )
    twist: Callable[[BaseHTTPRequestHandler, int, bytes], None] | None = None
    asked: list[str] = field(default_factory=list)
    token: Issued = field(default_factory=Issued)
    namespace: str = ""

    def answer(self, method: str, path: str, asked: Asked, who: tuple[str, str]) -> Answer:
        if who != (TOKEN, self.namespace) or self.token.is_over():
            return 403, {"errors": ["permission denied"]}
        if path.startswith("/v1/auth/token/"):
            return self.token.answer(path.removeprefix("/v1/auth/token/"))
        verb, name, *then = path.removeprefix("/v1/transit/").split("/")
        ring = self.rings.get(name)
        if ring is None:
            return (
                (404, {"errors": []})
                if method == "GET"
                else (400, {"errors": ["encryption key not found"]})
            )
        try:
            return self._told(ring, verb, "".join(then), asked)
        except No as no:
            return 400, {"errors": [str(no)]}

    def _told(self, ring: Ring, verb: str, then: str, asked: Asked) -> Answer:
        if verb == "keys":
            if then == "rotate":
                ring.roots[max(ring.roots) + 1] = os.urandom(32)
            elif then:
                getattr(ring, then)(asked)
            versions = {str(version): 1700000000 for version in ring.roots}
            return 200, {"data": {"keys": versions, "min_decryption_version": ring.oldest}}
        deed = getattr(ring, verb)
        if "batch_input" not in asked:
            return 200, {"data": deed(asked)}
        results = []
        for item in asked["batch_input"]:
            try:
                results.append(deed(item))
            except No as no:
                results.append({"error": str(no)})
        failed = any("error" in one for one in results)
        return 400 if failed else 200, {"data": {"batch_results": results}}


@contextmanager
def key_service(tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Run the service on this machine until the end of the block, under TLS if told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply()

        def do_POST(self) -> None:
            self.reply()

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}"
            service.asked.append(self.path)
            names = ("X-Vault-Token", "X-Vault-Namespace")
            token, namespace = (self.headers.get(name, "").strip("/") for name in names)
            who = (token, namespace)
            status, answer = service.answer(self.command, self.path, json.loads(body), who)
            text = json.dumps(answer).encode()
            if service.twist is not None:
                service.twist(self, status, text)
            else:
                send(self, status, text)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # the near side hangs up on purpose

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    service = Service(f"{scheme}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, text: bytes) -> None:
    """Answer with a whole body."""
    handler.send_response(status)
    handler.send_header("content-length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
