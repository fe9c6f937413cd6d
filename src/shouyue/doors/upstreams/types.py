"""What is asked of an upstream, and what carries it. Not frozen, as in `wire.types`: for speed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shouyue.doors.wire.types import Pieces
from shouyue.platform.catalogue.types import Api


class Way(Protocol):
    """What carries a question: `doors.wire.pool.Pool`."""

    async def post(
        self, path: bytes, headers: bytes, body: bytes | Pieces, seconds: float, *, again: bool
    ) -> tuple[int, bytes]:
        """Return status and body, or raise NoAnswer. `again`: it may be sent a second time."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...


@dataclass(slots=True)
class Upload:
    """A file part. The file name is the client's and is not used for anything."""

    content: Pieces = field(repr=False)
    media_type: str = "application/octet-stream"


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
