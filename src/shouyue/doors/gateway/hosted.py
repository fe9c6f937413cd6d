"""The gateway behind a server of somebody else's: takes a body up to its limit, then asks `handle`.

`asgi` and `rsgi` say the same in the words of their servers; what may come in is decided here.
"""

from collections.abc import AsyncIterable
from dataclasses import replace

from shouyue.doors.gateway import reading, results
from shouyue.doors.gateway.errors import TooBusy, TooLarge
from shouyue.doors.gateway.service import Gateway
from shouyue.doors.gateway.types import Answer, Call
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.spools.service import Spools

BODIES = 256 * 1024 * 1024
"""Octets of all bodies that are in memory."""


class Hosted:
    """One per event loop."""

    def __init__(self, gateway: Gateway, spools: Spools, bodies: int = BODIES) -> None:
        """Serve this gateway; files on their way through lie in `spools`."""
        self.close = gateway.close
        self._gateway, self._spools = gateway, spools
        self._bodies, self.held = bodies, 0

    async def answer(self, call: Call, pieces: AsyncIterable[bytes]) -> Answer | None:
        """Answer a call whose body comes in pieces, with all headers that the answer needs.

        Nobody is answered where the pieces end in EOFError: half a body is no call.
        """
        call.taker = reading.taker(call.headers, self._spools.open)
        body = bytearray()
        try:
            await self._read(call, pieces, body)
            return _whole(await self._gateway.handle(call))
        except EOFError:
            return None
        except Refusal as no:
            # The rest of the body is not read, so the connection cannot be used again.
            return _whole(results.failure("", no), connection="close")
        finally:
            self.held -= len(body)
            if call.taker is not None:
                call.taker.close()

    async def _read(self, call: Call, pieces: AsyncIterable[bytes], body: bytearray) -> None:
        limit, size = self._gateway.largest(call.path), 0
        declared = call.headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            raise TooLarge(limit=limit)
        async for piece in pieces:
            size += len(piece)
            if size > limit:
                raise TooLarge(limit=limit)
            if call.taker is not None:
                call.taker.take(piece)
                continue
            self.held += len(piece)
            body += piece
            if self.held > self._bodies:
                raise TooBusy
        call.body = bytes(body)


def _whole(answer: Answer, **beside: str) -> Answer:
    headers = {**answer.headers, "content-length": str(len(answer.body)), **beside}
    if answer.request:
        headers["x-request-id"] = answer.request
    return replace(answer, headers=headers)
