"""The way to the operator's own systems: signed, over kept connections."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from shouyue.doors.gateway.errors import UpstreamFailed, UpstreamRefused
from shouyue.doors.gateway.types import Upload
from shouyue.doors.wire.errors import NoAnswer
from shouyue.platform.catalogue import upstreams

_SECONDS = 10.0
_OK = 200
_MOST_TEXT = 500
_BOUNDARY = "shouyue-{request}"
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


@dataclass(frozen=True, slots=True)
class Question:
    """One call to an upstream."""

    api: str
    request: str
    seller_id: int
    appkey: str
    param: Mapping[str, Any] = field(repr=False)
    upload: Upload | None = None


class Upstream:
    """One of the operator's systems. Serves one event loop."""

    def __init__(self, way: Way, secret: str, clock: Callable[[], datetime]) -> None:
        """Sign with `secret` what goes this way."""
        self._way = way
        self._secret = secret
        self._clock = clock

    async def ask(self, question: Question) -> Any:
        """Return `data`. Raises UpstreamRefused with the upstream's code, or UpstreamFailed."""
        body, media_type = _body(question)
        headers = {
            **upstreams.signed_headers(self._secret, self._clock(), body),
            "X-Request-Id": question.request,
            "Content-Type": media_type,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            status, text = await self._way.post(
                f"/api/{question.api}".encode(), lines.encode(), body, _SECONDS
            )
        except NoAnswer as no:
            _log.warning("gateway.upstream", request=question.request, why=no.why)
            raise UpstreamFailed from None
        if status != _OK:
            raise UpstreamFailed
        return _content(text)

    async def close(self) -> None:
        """Give the connections back."""
        await self._way.close()


def _content(text: bytes) -> Any:
    try:
        whole = json.loads(text)
        result = int(whole["result"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UpstreamFailed from None
    if result == 1:
        return whole.get("data")
    said = str(whole.get("sub_msg") or whole.get("sub_code") or "")[:_MOST_TEXT]
    code = str(whole.get("sub_code") or "")[:_MOST_TEXT]
    raise UpstreamRefused(result=result, sub_code=code, said=said)


def _body(question: Question) -> tuple[bytes, str]:
    call = json.dumps(
        {
            "seller_id": question.seller_id,
            "app_key": question.appkey,
            "param": question.param,
        }
    ).encode()
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
