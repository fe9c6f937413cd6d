"""Which addresses are the mainland: the operator's list first, then the table; silence is a no."""

import hashlib
import json
import re
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.privacy.egress import regions
from shouyue.privacy.egress.regions import Mainland
from tools import region_table

TABLE = region_table.TABLE
MAINLAND = ["1.2.4.8", "223.5.5.5", "180.76.76.76", "2400:3200::1", "::ffff:223.5.5.5"]
OUTSIDE = [
    "8.8.8.8",
    "203.80.96.10",  # Hong Kong
    "202.175.3.3",  # Macao
    "168.95.1.1",  # Taiwan
    "47.74.1.1",  # a mainland company's machines in Singapore
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "10.0.0.5",
    "192.168.1.1",
    "127.0.0.1",
    "::1",
    "fe80::1%eth0",
    "2002:df05:505::1",  # 6to4 clothes of 223.5.5.5
    "",
    "testclient",
    "223.5.5.5, 8.8.8.8",
]


@pytest.mark.parametrize("address", MAINLAND)
def test_what_the_table_gives_to_the_mainland_is_inside(address: str) -> None:
    assert Mainland().holds(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_hong_kong_macao_taiwan_private_and_unreadable_addresses_are_outside(address: str) -> None:
    assert not Mainland().holds(address)


def test_the_operators_networks_go_before_the_table() -> None:
    rule = Mainland.of(["10.20.0.0/16", "203.80.96.0/24", "fd00:1::/32"])
    assert all(map(rule.holds, ["10.20.3.4", "203.80.96.10", "fd00:1::7", "::ffff:10.20.0.1"]))
    assert not rule.holds("10.21.0.1")


def test_a_host_on_the_list_is_inside_wherever_it_resolves_to_and_others_are_not() -> None:
    rule = Mainland.of(hosts=["SMS.example.cn"])
    assert rule.holds("8.8.8.8", "sms.example.cn")
    assert rule.holds("8.8.8.8", "sms.example.cn.")
    assert not rule.holds("8.8.8.8", "evil.sms.example.cn")
    assert not rule.holds("8.8.8.8")


def test_this_machine_is_inside_in_development_alone() -> None:
    assert Mainland.of(loopback=True).holds("127.0.0.1")
    assert Mainland.of(loopback=True).holds("::1")
    assert not Mainland.of().holds("127.0.0.1")


@pytest.mark.parametrize(
    "network", ["0.0.0.0/0", "1.0.0.0/7", "::/0", "2000::/3", "x", "1.2.3.4/8"]
)
def test_a_list_that_would_switch_the_rule_off_is_no_list(network: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Mainland.of([network])


def test_the_table_is_the_one_whose_provenance_is_written_beside_it() -> None:
    said = (TABLE / "PROVENANCE.md").read_text("utf-8")
    for name in ("ipv4.txt", "ipv6.txt"):
        digest = hashlib.sha256((TABLE / name).read_bytes()).hexdigest()
        assert re.search(rf"`{name}` \| [\d,]+ networks \| `{digest}`", said)
    assert "CC0-1.0" in said


def test_the_table_is_in_order_small_and_public() -> None:
    assert sum((TABLE / name).stat().st_size for name in ("ipv4.txt", "ipv6.txt")) < 300_000
    for version in (4, 6):
        firsts, lasts = regions._table(version)
        assert all(a <= b for a, b in zip(firsts, lasts, strict=True))
        assert all(b < a for b, a in zip(lasts, firsts[1:], strict=False))
    for line in (TABLE / "ipv4.txt").read_text("utf-8").split():
        assert not ip_network(line).is_private


_RANGES = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair)))
)


@given(_RANGES)
def test_joined_ranges_hold_the_same_addresses_and_do_not_touch(
    ranges: list[tuple[int, int]],
) -> None:
    joined = list(region_table.merged(ranges))
    held = {n for start, end in joined for n in range(start, end + 1)}
    assert held == {n for start, end in ranges for n in range(start, end + 1)}
    assert all(end + 1 < start for (_, end), (start, _) in pairwise(joined))


def test_the_tool_keeps_the_mainland_alone(tmp_path: Path) -> None:
    source, table = tmp_path / "source", tmp_path / "table"
    source.mkdir()
    table.mkdir()
    facts = {"name": "ranges", "version": "1.0.2026061719", "license": "CC0-1.0"}
    (source / "package.json").write_text(json.dumps(facts), "utf-8")
    v4 = "16777216,16777471,AU\n16777472,16777727,CN\n16777728,16778239,CN\n16778240,16779263,HK\n"
    (source / "x-ipv4-num.csv").write_text(v4, "utf-8")
    (source / "x-ipv6-num.csv").write_text(f"{2**120},{2**120 + 1},TW\n5,5,CN\n", "utf-8")
    region_table.build(source, table)
    assert (table / "ipv4.txt").read_text("utf-8").split() == ["1.0.1.0/24", "1.0.2.0/23"]
    assert (table / "ipv6.txt").read_text("utf-8").split() == ["::5/128"]
    assert "2026-06-17" in (table / "PROVENANCE.md").read_text("utf-8")
