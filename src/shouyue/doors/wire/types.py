"""A request and its answer as plain values: no framework, so any server may stand in front.

Not frozen: to make a frozen value takes three times as long, and each call makes two of these.
Nobody changes them.
"""

from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Pieces(Protocol):
    """Octets that need not be in memory: how many, and one piece after the other."""

    def __len__(self) -> int: ...

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it, each time from the beginning."""
        ...


class File(Pieces, Protocol):
    """A file on its way through (`ground.spools`)."""

    def write(self, octets: bytes) -> None:
        """Add to its end; raise NoRoom."""
        ...

    def close(self) -> None:
        """Forget it."""
        ...


class Taker(Protocol):
    """Takes a body piece by piece, in place of `Call.body` (`parts.Multipart`)."""

    def take(self, octets: bytes) -> None:
        """Read on; raise NoRoom."""
        ...

    def close(self) -> None:
        """Forget what was taken."""
        ...


@dataclass(slots=True)
class Call:
    """What came in. Header names are lower case; `query` is as received.

    Where a `taker` took the body, `body` is empty; it is closed once the call is answered.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = ""
    taker: Taker | None = None


@dataclass(slots=True)
class Answer:
    """What goes out: JSON in UTF-8, or nothing. `request` becomes the header x-request-id."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    request: str = ""


class Desk(Protocol):
    """Who answers. It never raises; what it cannot do it says in its own envelope."""

    def largest(self, path: str) -> int:
        """Return how many octets a body on this path may have."""
        ...

    def taker(self, headers: Mapping[str, str]) -> Taker | None:
        """Return what takes a body of these headers as it comes, or None: it is kept whole."""
        ...

    def answer(self, call: Call) -> Coroutine[Any, None, Answer]:
        """Answer one request."""
        ...

    def refuse(self, status: int, path: str) -> Answer:
        """Say why not: 400 garbled, 408 slow, 413 and 431 large, 429 lines, 503 busy, 507 full."""
        ...
