"""Who a request is from, where proxies of ours stand before us."""

import ipaddress
from collections.abc import Collection, Mapping
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SAID = "x-forwarded-for"
"""The header in which each proxy appends whom it heard."""


class Proxies:
    """Addresses and networks, in any spelling, that say truly who came to them."""

    def __init__(self, named: Collection[str] = ()) -> None:
        """Believe these."""
        self._networks = tuple(found for one in named if (found := network(one)))
        self._believes = lru_cache(maxsize=4096)(self._is_in)

    def __contains__(self, peer: str) -> bool:
        """Tell whether an address is one of ours."""
        return bool(self._networks) and self._believes(peer)

    def came_from(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return whom we talk to; behind our proxies, the last address that none of them has.

        What the header says to the left of that is anybody's invention.
        """
        if peer not in self:
            return peer
        hops = [_without_port(hop.strip()) for hop in headers.get(SAID, "").split(",")]
        return next((hop for hop in reversed(hops) if hop and hop not in self), peer)

    def _is_in(self, peer: str) -> bool:
        found = network(peer)
        return found is not None and any(
            found.version == one.version and found.network_address in one for one in self._networks
        )


def network(text: str) -> Network | None:
    """Return an address as the network of one, an IPv4 address in IPv6 as itself; None for none."""
    address, _, width = text.partition("%")[0].partition("/")
    try:
        found = ipaddress.ip_network(f"{address}/{width}" if width else address, strict=False)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Network) and not width:
        mapped = found.network_address.ipv4_mapped
        return ipaddress.IPv4Network(mapped) if mapped else found
    return found


def _without_port(hop: str) -> str:
    """Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711` (RFC 7239, 6)."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
