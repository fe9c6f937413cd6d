"""What a call becomes on its way through the door. Not frozen, as in `wire.types`: for speed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from shouyue.doors.upstreams.types import Question, Upload
from shouyue.doors.wire.types import Answer, Call
from shouyue.ground.kit.types import SubjectId
from shouyue.platform.apps.types import Credentials
from shouyue.platform.catalogue.types import Api
from shouyue.platform.oauth.types import Pass
from shouyue.platform.quotas.types import Standing
from shouyue.platform.traffic.types import Made
from shouyue.privacy.policy.items import Item

__all__ = ["Admitted", "Answer", "Call", "Question", "Received", "Shown", "Trace", "Upload"]


@dataclass(slots=True)
class Received:
    """The parameters of query and body as one, decoded once, and the file."""

    params: Mapping[str, str] = field(repr=False)
    upload: Upload | None = None


@dataclass(slots=True)
class Admitted:
    """A call that passed every check. `holder` is None where the API needs no token."""

    api: Api
    app: Credentials
    holder: Pass | None
    param: Mapping[str, Any] = field(repr=False)
    upload: Upload | None = None


@dataclass(slots=True)
class Shown:
    """An answer as it may leave, and whose data it holds."""

    content: Any = field(repr=False)
    items: frozenset[Item] = frozenset()
    subjects: tuple[SubjectId, ...] = ()
    refs: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Trace:
    """What the access log tells of a call. Filled in on the way; never a parameter's value."""

    request: str
    at: datetime
    client: str
    verb: str
    api: str = ""
    app: str = ""
    grant: str = ""
    result: int = 1
    sub_code: str = ""
    upstream_ms: int = 0
    standing: Standing | None = None

    def made(self, millis: int, octets: int) -> Made:
        """Return the line of the access log."""
        return Made._make((*_line(self), millis, self.upstream_ms, octets))


_line = attrgetter(*Made._fields[:8], "sub_code")
