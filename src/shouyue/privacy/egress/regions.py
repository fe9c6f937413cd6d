"""Which addresses count as the mainland: the operator's list is the rule, the table a signal.

In this order: an address in one of the operator's networks is inside; one that a host on the
operator's list resolved to is inside; this machine is inside in development; one that the vendored
table gives to `CN` is inside; all else is outside. Hong Kong, Macao and Taiwan have codes of their
own in the table, so they are outside, as is a private address that nobody has vouched for.
Clauses 5.6, 5.7 (PIPL 38 to 40).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

MAINLAND = "CN"
"""The only region in which personal data may be kept or handled (ISO 3166-1)."""

_WIDEST = {4: 8, 6: 20}
_FOLDER = "mainland"


@dataclass(frozen=True, slots=True)
class Mainland:
    """The rule of one house. Without lists of its own it is the table alone."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    loopback: bool = False

    @classmethod
    def of(
        cls, networks: Iterable[str] = (), hosts: Iterable[str] = (), *, loopback: bool = False
    ) -> Self:
        """Return the rule with the operator's lists; `loopback` is for development.

        ValueError for what is no network, and for one so wide that it would switch the rule off.
        """
        return cls(
            tuple(map(_network, networks)), frozenset(host.lower() for host in hosts), loopback
        )

    def holds(self, address: str, host: str = "") -> bool:
        """Tell whether an address is inside. `host` is the name that resolved to it, if any."""
        try:
            ip = _plain(ip_address(address))
        except ValueError:
            return False
        vouched = host.lower().removesuffix(".") in self.hosts
        if vouched or any(ip in network for network in self.networks):
            return True
        return self.loopback if ip.is_loopback else listed(ip)


def listed(ip: IPv4Address | IPv6Address) -> bool:
    """Tell whether the vendored table gives the address to the mainland."""
    firsts, lasts = _table(ip.version)
    place = bisect_right(firsts, int(ip)) - 1
    return place >= 0 and int(ip) <= lasts[place]


def _network(text: str) -> IPv4Network | IPv6Network:
    network = ip_network(text)
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueError(f"{text} is wider than any operator's network")
    return network


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    # A socket that listens on both kinds shows IPv4 callers in IPv6 clothes.
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


@cache
def _table(version: int) -> tuple[list[int], list[int]]:
    folder = resources.files("shouyue.privacy.egress") / _FOLDER
    lines = (folder / f"ipv{version}.txt").read_text("utf-8").split()
    networks = [ip_network(line) for line in lines]
    return (
        [int(network.network_address) for network in networks],
        [int(network.broadcast_address) for network in networks],
    )
