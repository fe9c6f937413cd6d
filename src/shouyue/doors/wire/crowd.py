"""Who is connected: so many lines in all, and so many of one host, so that nobody fills the house.

A host is an address of IPv4 or a /64 of IPv6, which is what one subscriber is given. Proxies that
are named as trusted carry many people and may hold as many lines as there are.
"""

import ipaddress
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

_SUBSCRIBER = 64


class Crowd:
    """The lines that are open at one server."""

    def __init__(self, most: int, each: int, trusted: Collection[str] = ()) -> None:
        """Let `most` lines in, `each` of one host; `trusted` are addresses or networks."""
        self._most, self._each = most, each
        self._count = 0
        self._of: Counter[str] = Counter()
        self._trusted = [network for one in trusted if (network := _network(one))]

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
        return 429 if self._of[host] > self._each and not self._is_trusted(peer) else 0

    def went(self, peer: str) -> None:
        """Count one line less."""
        host = source(peer)
        self._count -= 1
        self._of[host] -= 1
        if not self._of[host]:
            del self._of[host]

    def _is_trusted(self, peer: str) -> bool:
        network = _network(peer)
        return network is not None and any(
            network.version == one.version and network.network_address in one
            for one in self._trusted
        )


@lru_cache(maxsize=4096)
def source(peer: str) -> str:
    """Return the host that an address belongs to."""
    network = _network(peer)
    if isinstance(network, ipaddress.IPv6Network):
        network = ipaddress.IPv6Network((network.network_address, _SUBSCRIBER), strict=False)
    return str(network) if network else peer


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return an address as the network of one, an IPv4 address in IPv6 as itself."""
    address, _, width = text.partition("%")[0].partition("/")
    try:
        found = ipaddress.ip_network(f"{address}/{width}" if width else address, strict=False)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Network) and not width:
        mapped = found.network_address.ipv4_mapped
        return ipaddress.IPv4Network(mapped) if mapped else found
    return found
