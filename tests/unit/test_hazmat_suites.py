import pytest

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import KeyRing
from shouyue.ground.hazmat.suites import Suite
from tests.house import FakeRoot, SeededDice

# RFC 8998, appendix A.1: SM4-GCM.
SM4_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
SM4_NONCE = bytes.fromhex("00001234567800000000ABCD")
SM4_BOUND = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
SM4_PLAIN = bytes.fromhex(
    "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
    "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
)
SM4_SEALED = bytes.fromhex(
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)

# McGrew and Viega, The Galois/Counter Mode of Operation (submitted to NIST), test case 16.
AES_KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
AES_NONCE = bytes.fromhex("cafebabefacedbaddecaf888")
AES_BOUND = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
AES_PLAIN = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
AES_SEALED = bytes.fromhex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b"
)

VECTORS = [
    pytest.param(Suite.SM4, SM4_KEY, SM4_NONCE, SM4_PLAIN, SM4_BOUND, SM4_SEALED, id="sm4"),
    pytest.param(Suite.AES, AES_KEY, AES_NONCE, AES_PLAIN, AES_BOUND, AES_SEALED, id="aes"),
]


@pytest.mark.parametrize(("suite", "key", "nonce", "plain", "bound", "sealed"), VECTORS)
def test_a_suite_seals_as_its_standard_says(
    suite: Suite, key: bytes, nonce: bytes, plain: bytes, bound: bytes, sealed: bytes
) -> None:
    assert suites.seal(suite, key, nonce, plain, bound) == nonce + sealed


@pytest.mark.parametrize("suite", list(Suite))
def test_a_seal_opens_only_for_what_it_is_bound_to(suite: Suite) -> None:
    key = bytes(suite.key_bytes)
    sealed = suites.seal(suite, key, bytes(12), b"plain", b"mine")
    assert suites.unseal(suite, key, sealed, b"mine") == b"plain"
    with pytest.raises(NotAuthentic):
        suites.unseal(suite, key, sealed, b"yours")


@pytest.mark.parametrize("suite", list(Suite))
def test_a_seal_that_is_cut_short_does_not_open(suite: Suite) -> None:
    with pytest.raises(NotAuthentic):
        suites.unseal(suite, bytes(suite.key_bytes), bytes(27), b"")


def test_sm3_digests_as_its_standard_says() -> None:
    # GB/T 32905-2016, appendix A.1: the digest of "abc".
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert suites.digest(Suite.SM4, b"a", b"bc").hex() == expected


@pytest.mark.parametrize("suite", list(Suite))
def test_what_the_house_seals_for_itself_outlives_a_change_of_suite(suite: Suite) -> None:
    dice = SeededDice()
    ring = KeyRing(FakeRoot(dice), dice, suite)
    sealed = ring.seal_named("ticket", b"plain", b"bound")
    ring.suite = next(other for other in Suite if other is not suite)
    assert ring.unseal_named("ticket", sealed, b"bound") == b"plain"
    assert sealed[0] == suite.code
    other_suite = bytes([ring.suite.code]) + sealed[1:]
    for bad in (b"", sealed[:1], sealed[1:], b"\x09" + sealed[1:], other_suite):
        with pytest.raises(NotAuthentic):
            ring.unseal_named("ticket", bad, b"bound")
