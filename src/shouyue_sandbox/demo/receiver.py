"""The developer's own machine: takes pushed messages on the loopback address and opens them."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shouyue_sandbox.receiver import decode

Hearing = Callable[[dict[str, Any]], None]


class Receiver:
    """A small HTTP server; decodes with the message key and answers `{"result": 1}`."""

    def __init__(self) -> None:
        """Listen on a free port at once."""
        self.key = ""
        self.messages: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.before_answer: Hearing = lambda _message: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where to push to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/push"

    def take(self, body: bytes) -> None:
        """Open one body; raises ValueError when the key does not fit."""
        message = decode(self.key, body)
        self.before_answer(message)
        if not message.get("test"):
            self.messages.append(message)
            self.bodies.append(body)

    def about(self, biz_id: int, event: str) -> dict[str, Any] | None:
        """Return the message about a business object, if it came."""
        for message in list(self.messages):
            if (message["bizId"], message["event"]) == (biz_id, event):
                return message
        return None

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            # Whoever pushes may be gone before the answer; that is for them to repeat.
            with suppress(ConnectionError):
                self._take()

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                receiver.take(body)
            except ValueError:
                self._answer(400, b'{"result":0}')
            else:
                self._answer(200, b'{"result":1}')

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    return Handler
