"""Pure decisions about destinations.

Addresses are allowed by what they are, not by what they are not: IPv6 only from the global
unicast block, IPv4 only outside IANA's special-purpose registry (RFC 6890 and its updates).
Every form that embeds another address (v4-mapped, 6to4, Teredo, NAT64) lies outside.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from shouyue.privacy.egress.errors import DestinationRefused

_LOOPBACK = "127.0.0.1"
_LOCAL_HOSTS = frozenset({_LOOPBACK, "localhost"})
_LOCAL_ENDINGS = frozenset({"local", "localhost", "internal", "intranet", "lan", "home", "corp"})
_LONGEST_URL = 2048
_PORTS = {"http": 80, "https": 443}

_V4_REFUSED = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host agent on a public address
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_V6_GLOBAL = IPv6Network("2000::/3")
_V6_REFUSED = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


def server(url: str) -> str:
    """Return which server an address leads to: host and port, as one word."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"


def public(address: str) -> bool:
    """Tell whether an IP address belongs to the public Internet. What does not parse does not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _V4_REFUSED)
    return ip in _V6_GLOBAL and not any(ip in block for block in _V6_REFUSED)


def admitted(address: str, *, loopback_allowed: bool) -> bool:
    """Tell whether a connection to the address may be opened."""
    return public(address) or (loopback_allowed and address == _LOOPBACK)


def check(url: str, *, loopback_allowed: bool) -> SplitResult:
    """Return the parts of a URL that may be called; raise DestinationRefused otherwise.

    Looks at the text alone. What the name resolves to is checked when the connection is opened.
    """
    parts, host = _split(url)
    if parts.username is not None or parts.password is not None:
        raise DestinationRefused(reason="credentials")
    local = loopback_allowed and host in _LOCAL_HOSTS
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise DestinationRefused(reason="scheme")
    if not local and not _public_host(host):
        raise DestinationRefused(reason="host")
    return parts


def _split(url: str) -> tuple[SplitResult, str]:
    # Spaces and control characters are where two parsers of one URL begin to disagree.
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise DestinationRefused(reason="form")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DestinationRefused(reason="form") from None
    if "\\" in url or parts.fragment or port == 0 or not parts.hostname:
        raise DestinationRefused(reason="form")
    return parts, parts.hostname


def _public_host(host: str) -> bool:
    if ":" in host or host.replace(".", "").isdigit():
        return public(host)
    labels = host.split(".")
    # A name without a dot, or under these endings, is resolved by the local network alone.
    return len(labels) > 1 and all(labels) and labels[-1] not in _LOCAL_ENDINGS
