"""What a line of an app's log says, in our own spelling: networks, hosts and codes, no more."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from shouyue.platform.handling.errors import NoClient, NoHost, OutOfReach

_TAKEN = timedelta(days=30)
_AHEAD = timedelta(minutes=10)
_MOST_HOST = 200
_CODE = re.compile(r"[A-Za-z][A-Za-z_-]{0,19}|[0-9]{1,4}")


def moment(value: int, name: str, now: datetime) -> datetime:
    """Return a moment in milliseconds since 1970, in UTC; raise OutOfReach."""
    low, high = (now - _TAKEN).timestamp() * 1000, (now + _AHEAD).timestamp() * 1000
    if not low <= value <= high:
        raise OutOfReach(name=name, days=_TAKEN.days)
    return datetime.fromtimestamp(value / 1000, UTC)


def host(url: str, name: str) -> str:
    """Return the host of an address in small letters: path and query may hold anything."""
    try:
        parts = urlsplit(url)
        found = parts.hostname or ""
    except ValueError:
        found = ""
    else:
        found = found if parts.scheme in {"http", "https"} else ""
    if not found or len(found) > _MOST_HOST or not all(_is_plain(one) for one in found):
        raise NoHost(name=name)
    return found


def network(client: str, name: str) -> str:
    """Return the network of an address: the last byte of IPv4 away, 48 bits of IPv6 (DI-30)."""
    try:
        at = ipaddress.ip_address(client)
    except ValueError:
        raise NoClient(name=name) from None
    mapped = at.ipv4_mapped if isinstance(at, ipaddress.IPv6Address) else None
    width = 24 if mapped or isinstance(at, ipaddress.IPv4Address) else 48
    bare = str(mapped or at).partition("%")[0]
    return str(ipaddress.ip_network(f"{bare}/{width}", strict=False))


def outcome(word: str) -> str:
    """Return an app's code of an end in small letters; what may be more than a code is `other`."""
    return word.lower() if _CODE.fullmatch(word) else "other"


def _is_plain(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in ".-:")
