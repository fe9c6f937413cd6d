"""The way to the operator's own systems: signed, over kept connections, bounded in time and size.

Each system has a way of its own and a circuit breaker: one that is away costs its callers an
answer at once instead of ten seconds, and itself one call every few seconds until it is back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Any

import msgspec
import structlog

from shouyue.doors.upstreams.errors import (
    NoSuchApi,
    UpstreamAway,
    UpstreamFailed,
    UpstreamRefused,
)
from shouyue.doors.upstreams.rules import Circuit, Terms, Ticket, Turn
from shouyue.doors.upstreams.types import Question, Way
from shouyue.doors.wire.errors import NoAnswer
from shouyue.doors.wire.types import Pieces
from shouyue.people.alarms import fields
from shouyue.people.alarms.fields import Note
from shouyue.platform.catalogue import answers, upstreams
from shouyue.platform.catalogue import service as catalogue
from shouyue.platform.catalogue.types import Api
from shouyue.platform.catalogue.watching import Watch

DEFAULT = "upstream"
AWAY = "upstreams.away"
"""The alarm when a circuit opens: once, until it has closed again."""

_SECONDS = 10.0
"""For a whole call: the wait for a connection, the answer, and a second try where there is one."""
_OK, _FAULTS = 200, 500
_MOST_TEXT = 500
_BOUNDARY = "shouyue-{request}"
_write = msgspec.json.Encoder().encode
_log = structlog.get_logger("shouyue.upstreams")


class Upstream:
    """One of the operator's systems. Serves one event loop."""

    def __init__(
        self,
        way: Way,
        secret: str,
        clock: Callable[[], datetime],
        *,
        name: str = DEFAULT,
        note: Note = fields.unheard,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Sign with `secret` what goes this way; `seconds` never go back.

        `note` hears of the system that is away, and of fields of its answers that nobody declared.
        """
        self._way = way
        self._signer = upstreams.Signer(secret)
        self._clock = clock
        self._name, self._note = name, note
        self._seconds = seconds
        self._circuit = Circuit(Terms(), seconds())
        self._watch = Watch(note, seconds)

    async def ask(self, question: Question) -> Any:
        """Return `data`.

        Raises UpstreamRefused with the upstream's code, UpstreamFailed, or UpstreamAway with the
        seconds after which to try again.
        """
        ticket = self._circuit.ask(self._seconds())
        if ticket is None:
            raise UpstreamAway(seconds=ceil(self._circuit.wait(self._seconds())) or 1)
        status, text = await self._post(question, ticket)
        self._tell(ticket, good=status < _FAULTS)
        if status != _OK:
            raise UpstreamFailed
        self._watch.pass_by(question.api, text)
        return _content(question.api, text)

    async def close(self) -> None:
        """Give the connections back."""
        await self._way.close()
        self._watch.close()

    async def _post(self, question: Question, ticket: Ticket) -> tuple[int, bytes]:
        api = question.api
        try:
            body, media_type = _body(question)
            lines = f"X-Request-Id: {question.request}\r\nContent-Type: {media_type}\r\n"
            if isinstance(body, bytes):
                signed = self._signer.headers(self._clock(), body)
            else:
                signed = await self._signer.headers_of(self._clock(), body.pieces())
            for name, value in signed.items():
                lines += f"{name}: {value}\r\n"
            path, head = f"/api/{api.name}".encode(), lines.encode()
            # A write is never sent twice: the first may have been carried out (RFC 9110, 9.2.2).
            return await self._way.post(path, head, body, _SECONDS, again=api.reads)
        except NoAnswer as no:
            _log.warning("gateway.upstream", request=question.request, why=no.why)
            if no.why == "busy":  # our own queue is full; the upstream was not asked
                self._circuit.withdraw(ticket)
            else:
                self._tell(ticket, good=False)
            raise UpstreamFailed from None
        except BaseException:
            self._circuit.withdraw(ticket)
            raise

    def _tell(self, ticket: Ticket, *, good: bool) -> None:
        turn = self._circuit.tell(ticket, self._seconds(), good=good)
        if turn is Turn.NONE:
            return
        _log.warning("upstreams.turned", upstream=self._name, turn=turn.value)
        if turn is Turn.OPENED:
            self._note(AWAY, self._name, "")


class Upstreams:
    """All of the operator's systems: one answers whatever no other is named for."""

    def __init__(self, default: Upstream, others: Mapping[str, Upstream]) -> None:
        """Take the one that answers by default, and the others by API, see `answering`."""
        self._default = default
        self._others = others

    async def ask(self, question: Question) -> Any:
        """Ask the system that answers this API."""
        return await self._others.get(question.api.name, self._default).ask(question)

    async def close(self) -> None:
        """Give all connections back."""
        for one in {id(way): way for way in (self._default, *self._others.values())}.values():
            await one.close()


def answering(said: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return which upstream answers each API, from what each is said to answer.

    An entry is a name, or the beginning of several and ends with a dot; of two that fit, the longer
    one decides. Raises NoSuchApi for one that fits none.
    """
    found: dict[str, str] = {}
    entries = [(entry, name) for name, given in said.items() for entry in given]
    for entry, name in sorted(entries, key=lambda one: len(one[0])):
        fit = [api for api in catalogue.apis() if api == entry or _begins(api, entry)]
        if not fit:
            raise NoSuchApi(name=name, api=entry[:100])
        found |= dict.fromkeys(fit, name)
    return found


def _begins(api: str, entry: str) -> bool:
    return entry.endswith(".") and api.startswith(entry)


def _content(api: Api, text: bytes) -> Any:
    try:
        told = answers.read(api, text)
        result = int(told.result)
    except (ValueError, TypeError, RecursionError):
        raise UpstreamFailed from None
    if result == 1:
        return told.data
    said = str(told.sub_msg or told.sub_code or "")[:_MOST_TEXT]
    code = str(told.sub_code or "")[:_MOST_TEXT]
    raise UpstreamRefused(result=result, sub_code=code, said=said)


@dataclass(frozen=True, slots=True)
class _Framed:
    """A multipart body round a file that is not in memory."""

    before: bytes
    file: Pieces
    after: bytes

    def __len__(self) -> int:
        return len(self.before) + len(self.file) + len(self.after)

    def pieces(self) -> Iterator[bytes]:
        yield self.before
        yield from self.file.pieces()
        yield self.after


def _body(question: Question) -> tuple[bytes | _Framed, str]:
    whole = {"seller_id": question.seller_id, "app_key": question.appkey, "param": question.param}
    # The operator's system limits a sub-account to what it may do in its shop.
    call = _write(whole | {"staff_id": question.staff_id} if question.staff_id else whole)
    if question.upload is None:
        return call, "application/json"
    # The file came before the request had its id, so it cannot hold the boundary but by chance.
    boundary = _BOUNDARY.format(request=question.request)
    file = _part(boundary, 'name="imgBytes"; filename="image"', "application/octet-stream")
    framed = _Framed(
        _part(boundary, 'name="call"', "application/json") + call + b"\r\n" + file,
        question.upload.content,
        f"\r\n--{boundary}--\r\n".encode(),
    )
    return framed, f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, disposition: str, media_type: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
        f"Content-Type: {media_type}\r\n\r\n"
    ).encode()
