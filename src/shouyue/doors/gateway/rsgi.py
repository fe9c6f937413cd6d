"""The gateway behind an RSGI server, which is Granian (the RSGI specification 1.6, HTTP)."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Protocol

from shouyue.doors.gateway.hosted import Hosted
from shouyue.doors.gateway.types import Call
from shouyue.doors.wire.proxies import SAID, Proxies


class Headers(Protocol):
    """What the server keeps of the header: names in lower case, one that repeats several times."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values."""
        ...


class Scope(Protocol):
    """What the server says of a request. `client` is host and port; `path` is decoded."""

    proto: str
    method: str
    path: str
    query_string: str
    client: str
    headers: Headers


class Line(AsyncIterable[bytes], Protocol):
    """A request's body in pieces, and the way back."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""
        ...


class Rsgi:
    """An RSGI application for the gateway alone."""

    def __init__(self, hosted: Hosted, trusted: Proxies | None = None) -> None:
        """Serve this gateway; `trusted` are proxies that say who came."""
        self._hosted, self._trusted = hosted, trusted or Proxies()

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer one request."""
        headers = _of(scope.headers.items())
        peer = scope.client.rpartition(":")[0].strip("[]")
        call = Call(
            method=scope.method,
            path=scope.path,
            query=scope.query_string.encode(),
            headers=headers,
            client=self._trusted.came_from(peer, headers),
        )
        answer = await self._hosted.answer(call, _pieces(line, headers.get("content-length", "")))
        if answer is not None:
            line.response_bytes(answer.status, list(answer.headers.items()), answer.body)


def _of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name, the last of one that repeats; what proxies appended, whole."""
    headers, said = dict(pairs), [value for name, value in pairs if name == SAID]
    return headers | ({SAID: ", ".join(said)} if len(said) > 1 else {})


async def _pieces(line: Line, declared: str) -> AsyncIterator[bytes]:
    """Yield a body. The server ends one that breaks off like a whole one, and is not believed."""
    size = 0
    async for piece in line:
        size += len(piece)
        yield piece
    if declared.isdecimal() and size < int(declared):
        raise EOFError
