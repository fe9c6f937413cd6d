"""The way to the operator's own systems: signed, over kept connections."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import msgspec
import structlog

from shouyue.doors.gateway.errors import UpstreamFailed, UpstreamRefused
from shouyue.doors.gateway.types import Upload
from shouyue.doors.wire.errors import NoAnswer
from shouyue.platform.catalogue import answers, upstreams
from shouyue.platform.catalogue.types import Api
from shouyue.platform.catalogue.watching import Watch

_SECONDS = 10.0
_OK = 200
_MOST_TEXT = 500
_BOUNDARY = "shouyue-{request}"
_write = msgspec.json.Encoder().encode
_log = structlog.get_logger("shouyue.gateway")


class Way(Protocol):
    """What carries a question: `doors.wire.pool.Pool`."""

    async def post(
        self, path: bytes, headers: bytes, body: bytes, seconds: float
    ) -> tuple[int, bytes]:
        """Return status and body, or raise NoAnswer."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...


@dataclass(slots=True)
class Question:
    """One call to an upstream. `staff_id` is not 0 where a sub-account gave the token."""

    api: Api
    request: str
    seller_id: int
    appkey: str
    param: Mapping[str, Any] = field(repr=False)
    upload: Upload | None = None
    staff_id: int = 0


class Upstream:
    """One of the operator's systems. Serves one event loop."""

    def __init__(
        self, way: Way, secret: str, clock: Callable[[], datetime], watch: Watch | None = None
    ) -> None:
        """Sign with `secret` what goes this way; let `watch` see what comes back."""
        self._watch = watch
        self._way = way
        self._signer = upstreams.Signer(secret)
        self._clock = clock

    async def ask(self, question: Question) -> Any:
        """Return `data`. Raises UpstreamRefused with the upstream's code, or UpstreamFailed."""
        body, media_type = _body(question)
        lines = f"X-Request-Id: {question.request}\r\nContent-Type: {media_type}\r\n"
        for name, value in self._signer.headers(self._clock(), body).items():
            lines += f"{name}: {value}\r\n"
        path = f"/api/{question.api.name}"
        try:
            status, text = await self._way.post(path.encode(), lines.encode(), body, _SECONDS)
        except NoAnswer as no:
            _log.warning("gateway.upstream", request=question.request, why=no.why)
            raise UpstreamFailed from None
        if status != _OK:
            raise UpstreamFailed
        if self._watch is not None:
            self._watch.pass_by(question.api, text)
        return _content(question.api, text)

    async def close(self) -> None:
        """Give the connections back."""
        await self._way.close()
        if self._watch is not None:
            self._watch.close()


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


def _body(question: Question) -> tuple[bytes, str]:
    whole = {"seller_id": question.seller_id, "app_key": question.appkey, "param": question.param}
    # The operator's system limits a sub-account to what it may do in its shop.
    call = _write(whole | {"staff_id": question.staff_id} if question.staff_id else whole)
    if question.upload is None:
        return call, "application/json"
    # The whole body is signed, so it is put together here rather than streamed.
    boundary = _BOUNDARY.format(request=question.request)
    content = question.upload.content
    while boundary.encode() in content:
        boundary += "-"
    parts = (
        _part(boundary, 'name="call"', "application/json", call),
        _part(boundary, 'name="imgBytes"; filename="image"', "application/octet-stream", content),
        f"--{boundary}--\r\n".encode(),
    )
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, disposition: str, media_type: str, content: bytes) -> bytes:
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
        f"Content-Type: {media_type}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
