"""Who a request is from: what proxies of ours say is believed, whatever they are called."""

import pytest

from shouyue.doors.wire.proxies import Proxies

PEER = "10.1.2.3"


@pytest.mark.parametrize(
    ("named", "peer", "said", "came"),
    [
        ((), PEER, "203.0.113.9", PEER),
        (("10.0.0.0/8",), PEER, "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        (("::ffff:10.1.2.3",), PEER, "203.0.113.9", "203.0.113.9"),
        (("2001:DB8:0::1",), "2001:db8::1", "203.0.113.9", "203.0.113.9"),
        (("2001:db8::/32",), "2001:db8:ff::2", "2400::7", "2400::7"),
        (("10.0.0.0/8",), "11.1.2.3", "203.0.113.9", "11.1.2.3"),
        (("10.0.0.0/8",), PEER, "8.8.8.8, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        (("10.0.0.0/8",), PEER, "", PEER),
        (("10.0.0.0/8",), PEER, "10.9.9.9", PEER),
        (("10.0.0.0/8",), PEER, "203.0.113.9:4711", "203.0.113.9"),
        (("10.0.0.0/8",), PEER, "[2400::7]:4711, 10.9.9.9:80", "2400::7"),
        (("10.0.0.0/8",), PEER, "8.8.8.8, unknown", "unknown"),
        (("10.0.0.0/8",), "", "203.0.113.9", ""),
    ],
)
def test_the_last_hop_that_is_none_of_ours_came(
    named: tuple[str, ...], peer: str, said: str, came: str
) -> None:
    assert Proxies(named).came_from(peer, {"x-forwarded-for": said}) == came
