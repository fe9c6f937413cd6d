"""Who a request is from, where proxies of ours stand before us."""

from collections.abc import Mapping


def came_from(peer: str, headers: Mapping[str, str], trusted: frozenset[str]) -> str:
    """Return whom we talk to; behind our proxies, the last address that none of them has.

    What X-Forwarded-For says to the left of that is anybody's invention.
    """
    if peer not in trusted:
        return peer
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
    return next((hop for hop in reversed(hops) if hop and hop not in trusted), peer)
