"""Pure decisions about what a developer fills in."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from shouyue.platform.apps.errors import (
    CallbackRefused,
    DescriptionTooLong,
    NetworkRefused,
    TitleRefused,
)

MOST_APPS = 10
MOST_NETWORKS = 100
_RESERVED = ("快手", "官方")
_TITLE = range(2, 31)
_DESCRIPTION = 500
_CALLBACK = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAPPED = 96  # bits of IPv6 before an IPv4 address in it
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def check_words(title: str, description: str) -> None:
    """Return if name and description may stand; blanks between characters hide nothing."""
    bare = "".join(title.split())
    if len(title.strip()) not in _TITLE or any(word in bare for word in _RESERVED):
        raise TitleRefused
    if not title.isprintable():
        raise TitleRefused
    if len(description) > _DESCRIPTION:
        raise DescriptionTooLong


def check_callback(url: str, *, loopback_allowed: bool) -> None:
    """Return if codes may be sent there; raise CallbackRefused. An exact match is made later."""
    if not url or len(url) > _CALLBACK or not url.isascii() or not url.isprintable() or " " in url:
        raise CallbackRefused
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise CallbackRefused from None
    if not host or parts.username is not None or "#" in url or "\\" in url:
        raise CallbackRefused
    on_loopback = loopback_allowed and parts.scheme == "http" and host in _LOOPBACK
    if parts.scheme != "https" and not on_loopback:
        raise CallbackRefused


def networks(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the address list in one spelling, each once; raise NetworkRefused with the line."""
    if len(lines) > MOST_NETWORKS:
        raise NetworkRefused(line=MOST_NETWORKS + 1, limit=MOST_NETWORKS)
    found: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(str(_plain(ipaddress.ip_network(line.strip(), strict=False))))
        except ValueError:
            raise NetworkRefused(line=number, limit=MOST_NETWORKS) from None
    return tuple(dict.fromkeys(found))


def _plain(network: _Network) -> _Network:
    """Return a network of IPv4 spelled as one of IPv6 (RFC 4291, 2.5.5.2) as itself."""
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED:
        return network
    return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED))


def admits(allowed: Sequence[str], client: str) -> bool:
    """Tell whether an address may call: an empty list admits all, an unreadable address none."""
    # Most lists name single addresses, in one spelling (`networks`).
    if not allowed or f"{client}/32" in allowed:
        return True
    try:
        at = ipaddress.ip_address(client)
    except ValueError:
        return False
    mapped = at.ipv4_mapped if isinstance(at, ipaddress.IPv6Address) else None
    return any((mapped or at) in _network(network) for network in allowed)


_network = lru_cache(maxsize=4096)(ipaddress.ip_network)
"""To read two networks took three times as long as all the rest of a look at them."""
