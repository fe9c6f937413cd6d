"""A witness for tests: the public protocol, C2SP tlog-witness, with real signatures inside.

Written after the two standards and not after our client: `add-checkpoint` checks signature, size
and growth before it signs `cosignature/v1` or `subtree/v1`, or says by its status why it does not.
"""

import base64
import hashlib
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from shouyue.ground.hazmat import merkle, notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.privacy.witnesses.types import Witness

Answer = tuple[int, bytes]


@dataclass
class Watching:
    """A running witness. `twist` changes its answers; `asked` are the old sizes it was told."""

    name: str
    clock: Callable[[], datetime]
    log: str
    """The verifier key of the only log that it knows."""
    url: str = ""
    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    asked: list[int] = field(default_factory=list)
    twist: Callable[[Answer], Answer] | None = None
    skew: float = 0.0
    signer: Ed25519PrivateKey | MLDSA44PrivateKey = field(
        default_factory=Ed25519PrivateKey.generate
    )

    @property
    def key(self) -> str:
        octets = base64.b64encode(self._public()).decode()
        return f"{self.name}+{self._hint().hex()}+{octets}"

    @property
    def known(self) -> Witness:
        """How the house knows it."""
        return Witness(self.name, self.url, self.key)

    def add_checkpoint(self, body: str) -> Answer:
        head, _, note = body.partition("\n\n")
        first, *proof = head.split("\n")
        old = int(first.removeprefix("old "))
        self.asked.append(old)
        if note.split("\n", 1)[0] != self.log.split("+", 1)[0]:
            return 404, b""
        try:
            said = notes.verify_checkpoint(note, self.log)
        except NotAuthentic:
            return 403, b""
        if old > said.size:
            return 400, b""
        if old != self.size or (old == said.size and self.root != said.root):
            return 409, f"{self.size}\n".encode()
        try:
            parts = [base64.b64decode(line, validate=True) for line in proof]
            merkle.verify_consistency(old, said.size, self.root, said.root, parts)
        except NotAuthentic:
            return 422, b""
        self.size, self.root = said.size, said.root
        return 200, self.cosign(note).encode()

    def cosign(self, note: str) -> str:
        text = note.partition("\n\n")[0] + "\n"
        seconds = int(self.clock().timestamp() + self.skew)
        if isinstance(self.signer, MLDSA44PrivateKey):
            signed = self.signer.sign(self._subtree(text, seconds))
        else:
            signed = self.signer.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        octets = self._hint() + seconds.to_bytes(8, "big") + signed
        return f"— {self.name} {base64.b64encode(octets).decode()}\n"

    def _hint(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._public()).digest()[:4]

    def _public(self) -> bytes:
        kind = b"\x06" if isinstance(self.signer, MLDSA44PrivateKey) else b"\x04"
        return kind + self.signer.public_key().public_bytes_raw()

    def _subtree(self, text: str, seconds: int) -> bytes:
        origin, size, root, *_ = text.split("\n")
        name, log = self.name.encode(), origin.encode()
        head = struct.pack(f">12sB{len(name)}sQ", b"subtree/v1\n\0", len(name), name, seconds)
        tree = struct.pack(f">B{len(log)}sQQ", len(log), log, 0, int(size))
        return head + tree + base64.b64decode(root)


@contextmanager
def witness(
    log: str, clock: Callable[[], datetime], name: str = "witness.example/w1"
) -> Iterator[Watching]:
    """Run a witness on this machine until the end of the block."""
    watching = Watching(name, clock, log)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            assert self.path == "/w/add-checkpoint"
            answer = watching.add_checkpoint(body)
            if watching.twist is not None:
                answer = watching.twist(answer)
            status, text = answer
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # the near side hangs up on purpose

    server = Server(("127.0.0.1", 0), Handler)
    watching.url = f"http://127.0.0.1:{server.server_port}/w"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield watching
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
