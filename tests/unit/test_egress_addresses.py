import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.privacy.egress import rules
from shouyue.privacy.egress import service as egress
from shouyue.privacy.egress.errors import DestinationRefused
from shouyue.privacy.egress.types import HttpOut, MailOut, SmsOut

INNER = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", INNER)
def test_nothing_goes_to_an_inner_or_special_address(address: str) -> None:
    assert not rules.public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "172.32.0.1"])
def test_the_public_internet_is_open(address: str) -> None:
    assert rules.public(address)


@given(st.ip_addresses(v=4))
def test_no_v4_address_that_the_standard_library_calls_inner_is_open(
    ip: ipaddress.IPv4Address,
) -> None:
    inner = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    assert not (inner and rules.public(str(ip)))


@given(st.ip_addresses(v=6))
def test_no_v6_address_outside_global_unicast_is_open(ip: ipaddress.IPv6Address) -> None:
    embeds = ip.ipv4_mapped or ip.sixtofour or ip.teredo
    assert not ((embeds or not ip.is_global) and rules.public(str(ip)))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "::{}", "64:ff9b::{}"]))
def test_no_v4_address_is_open_in_v6_clothes(ip: ipaddress.IPv4Address, form: str) -> None:
    assert not rules.public(form.format(ip))


@given(st.ip_addresses())
def test_development_opens_only_127_0_0_1_more(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert rules.admitted("127.0.0.1", loopback_allowed=True)
    assert rules.admitted(str(ip), loopback_allowed=True) == (
        rules.public(str(ip)) or str(ip) == "127.0.0.1"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.cn/push",
        "ftp://shop.example.cn/",
        "https://",
        "https:///push",
        "//shop.example.cn",
        "https://user:secret@shop.example.cn/",
        "https://shop.example.cn@127.0.0.1/",
        "https://shop.example.cn\\@10.0.0.1/",
        "https://shop.example.cn/#part",
        "https://shop.example.cn:99999/",
        "https://shop.example.cn:0/",
        "https://shop.example.cn/a b",
        "https://shop.example.cn/\r\nHost: other",
        "https://商店.cn/",
        "https://localhost/",
        "https://intranet/",
        "https://db.internal/",
        "https://shop..cn/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://169.254.169.254/latest",
        "https://shop.example.cn/" + "a" * 2048,
    ],
)
def test_an_address_that_could_lead_inside_is_refused_at_the_desk(url: str) -> None:
    with pytest.raises(DestinationRefused):
        egress.check_url(url)


@pytest.mark.parametrize(
    "url", ["https://shop.example.cn/push?a=1", "https://8.8.8.8:8443/", "https://[2400:3200::1]/"]
)
def test_a_public_https_address_is_taken(url: str) -> None:
    egress.check_url(url)


def test_development_takes_plain_http_on_this_machine_alone() -> None:
    egress.check_url("http://127.0.0.1:8000/push", loopback_allowed=True)
    egress.check_url("http://localhost:8000/push", loopback_allowed=True)
    with pytest.raises(DestinationRefused):
        egress.check_url("http://shop.example.cn/", loopback_allowed=True)


def test_addresses_and_contents_do_not_show_in_a_repr() -> None:
    shown = f"{SmsOut('13800138000', 'code 1234', 't')} {MailOut('z@corp.cn', 'to', 'Zhang')}"
    shown += repr(HttpOut("https://shop.example.cn/13800138000", body=b"Zhang"))
    assert not any(word in shown for word in ("138", "corp", "Zhang", "1234"))
