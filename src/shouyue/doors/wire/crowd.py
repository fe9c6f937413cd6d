"""Who is connected: so many lines in all, and so many of one host, so that nobody fills the house.

A host is an address of IPv4 or a /64 of IPv6, which is what one subscriber is given. Proxies that
are named as trusted carry many people and may hold as many lines as there are.
"""

import ipaddress
from collections import Counter
from functools import lru_cache

from shouyue.doors.wire.proxies import Proxies, network

_SUBSCRIBER = 64


class Crowd:
    """The lines that are open at one server."""

    def __init__(self, most: int, each: int, trusted: Proxies | None = None) -> None:
        """Let `most` lines in, `each` of one host; `trusted` may hold any number."""
        self._most, self._each = most, each
        self._count = 0
        self._of: Counter[str] = Counter()
        self._trusted = trusted or Proxies()

    def came(self, peer: str) -> int:
        """Count a line; return 0, or the status that says why there is no room for it.

        503: too many lines are open; 429: too many of this host. Who is refused counts until the
        line is closed.
        """
        host = source(peer)
        self._count += 1
        self._of[host] += 1
        if self._count > self._most:
            return 503
        return 429 if self._of[host] > self._each and peer not in self._trusted else 0

    def went(self, peer: str) -> None:
        """Count one line less."""
        host = source(peer)
        self._count -= 1
        self._of[host] -= 1
        if not self._of[host]:
            del self._of[host]


@lru_cache(maxsize=4096)
def source(peer: str) -> str:
    """Return the host that an address belongs to."""
    found = network(peer)
    if isinstance(found, ipaddress.IPv6Network):
        found = ipaddress.IPv6Network((found.network_address, _SUBSCRIBER), strict=False)
    return str(found) if found else peer
