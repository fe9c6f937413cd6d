"""Events on their way to the platform: noted with the change, sent until acknowledged."""

import json
import threading
from collections.abc import Callable

import httpx2

from shouyue_sandbox import wire
from shouyue_sandbox.shop.shelf import Document, Shelf

_PAUSE_SECONDS = 1.0
_KINDS = ("event", "event-sent", "event-refused")


class Outbox:
    """Keeps events on the shelf until the intake answers `{"result": 1}`."""

    def __init__(
        self, shelf: Shelf, intake_url: str, secret: str, clock_ms: Callable[[], int]
    ) -> None:
        """Send to `intake_url`, signed with the upstream secret."""
        self._shelf = shelf
        self._url = intake_url
        self._secret = secret
        self._clock_ms = clock_ms
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-events", daemon=True)

    def note(self, event: str, seller_id: int, biz_id: int, info: Document) -> None:
        """Keep an event; runs inside the change that causes it."""
        number = max(self._shelf.next_number(kind, 1) for kind in _KINDS)
        body = {
            "event_id": f"{seller_id}_{biz_id}_{number}",
            "event": event,
            "seller_id": seller_id,
            "biz_id": biz_id,
            "info": info,
            "at": self._clock_ms(),
        }
        self._shelf.put("event", number, {"number": number, "body": body})
        self._wake.set()

    def start(self) -> None:
        """Begin sending in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; what waits is sent at the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        with httpx2.Client(timeout=5, trust_env=False) as client:
            while not self._stop.is_set():
                self._wake.wait(_PAUSE_SECONDS)
                self._wake.clear()
                self._send_waiting(client)

    def _send_waiting(self, client: httpx2.Client) -> None:
        for document in self._shelf.all("event"):
            if self._stop.is_set():
                return
            kept = self._hand_over(client, document["body"])
            if not kept:
                return
            number = int(document["number"])
            with self._shelf.change():
                self._shelf.drop("event", number)
                self._shelf.put(kept, number, {} if kept == "event-sent" else document)

    def _hand_over(self, client: httpx2.Client, event: Document) -> str:
        """Return where the event goes now: sent, refused for good, or nowhere yet."""
        body = json.dumps(event, ensure_ascii=False).encode()
        signed = wire.headers(self._secret, self._clock_ms(), body)
        try:
            answer = client.post(
                self._url, content=body, headers={**signed, "Content-Type": "application/json"}
            )
            taken = bool(answer.json().get("result") == 1)
        except (httpx2.HTTPError, ValueError):
            return ""
        if taken:
            return "event-sent"
        # A refusal of this event is permanent; one of the signature may be a clock or a key.
        return "event-refused" if answer.status_code in {400, 413} else ""
