"""How a connection of uvicorn's ends while its client still sends (RFC 9112, 9.6).

Closed at once, what still comes would reset the line, and the answer would be lost unread.
"""

import asyncio
from collections.abc import Callable
from typing import Any


class Leaving:
    """A transport whose `close` first says no more, as long as somebody is being heard."""

    def __init__(self, transport: asyncio.Transport, is_heard: Callable[[], bool]) -> None:
        """Do as this transport, which the caller closes for good with `abort` in the end."""
        self._transport, self._is_heard = transport, is_heard
        self.is_left = False

    def __getattr__(self, name: str) -> Any:
        """Leave all else to the transport."""
        return getattr(self._transport, name)

    def close(self) -> None:
        """Close, or end our half alone: what still comes is then read and thrown away."""
        if self.is_left:
            return
        if self._is_heard() and not self._transport.is_closing() and self._may_half():
            self.is_left = True
            self._transport.write_eof()
            self._transport.resume_reading()
        else:
            self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether nothing more may be said."""
        return self.is_left or self._transport.is_closing()

    def _may_half(self) -> bool:
        return self._transport.can_write_eof()  # no line stays open in one direction under TLS
