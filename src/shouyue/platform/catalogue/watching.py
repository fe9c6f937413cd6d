"""A look at upstreams' answers beside the way: fields that the catalogue does not declare.

What is not declared is never read (`answers`), so nobody would hear of it. To hear of it in each
answer would cost each call; so one answer of each API in ten minutes is read whole, in a thread.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.platform.catalogue import answers
from shouyue.platform.catalogue.types import Api

EVERY = 600.0
"""Seconds between two looks at the answers of one API."""


class Watch:
    """Looks at one answer of each API from time to time. Serves one event loop."""

    def __init__(
        self, note: Note, seconds: Callable[[], float], executor: Executor | None = None
    ) -> None:
        """Read `seconds` off a clock that only goes forward; look in a thread of its own."""
        self._note = note
        self._seconds = seconds
        self._executor = executor or ThreadPoolExecutor(1, "answers")
        self._next: dict[str, float] = {}

    def pass_by(self, api: Api, text: bytes) -> None:
        """See an answer go by; once in a while it is looked at, and not now."""
        now = self._seconds()
        if now >= self._next.get(api.name, 0.0):
            self._next[api.name] = now + EVERY
            self._executor.submit(self.look, api, text)

    def look(self, api: Api, text: bytes) -> None:
        """Notice each field of an answer that the catalogue does not declare."""
        fields.notice(self._note, f"answer {api.name}"[:_MOST_WHERE], answers.undeclared(api, text))

    def close(self) -> None:
        """Look at nothing any more."""
        self._executor.shutdown(cancel_futures=True)


_MOST_WHERE = 128
"""As long as a place may be called."""
