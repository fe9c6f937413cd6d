"""A request and its answer as plain values: no framework, so any server may stand in front.

Not frozen: to make a frozen value takes three times as long, and each call makes two of these.
Nobody changes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Call:
    """What came in. Header names are lower case; `query` is as received."""

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = ""


@dataclass(slots=True)
class Answer:
    """What goes out: JSON in UTF-8, or nothing. `request` becomes the header x-request-id."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    request: str = ""
