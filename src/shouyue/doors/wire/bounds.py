"""How much clients may take of the server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one connection, and all together, may take of us. Times in seconds, sizes in octets.

    `lines` connections are open at most, `each` of one host (see `crowd`), and bodies of `bodies`
    octets are held for all of them.
    """

    request_seconds: float = 30.0
    idle_seconds: float = 75.0
    address: int = 64 * 1024
    headers: int = 32 * 1024
    waiting: int = 16
    """Requests on one connection that are read before earlier ones are answered."""
    lines: int = 10_000
    each: int = 256
    bodies: int = 256 * 1024 * 1024
