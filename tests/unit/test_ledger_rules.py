import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouyue.ground.hazmat import merkle
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.ledger import rules
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.ledger.types import Fact

OPAQUE = [
    "",
    "P1b",
    "DI-01,DI-02",
    "2.1.2.c",
    "CASE-2026-0001",
    "RR-20261123-0001",
    "unticked_box",
    "0" * 25 + "1",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "1" * 64,
    "sha256:" + "1" * 64,
    "2026-11-23",
    "2026-11-23T02:00:00.123456+00:00",
    "0123456789",
    9_999_999_999,
    -1,
]
TELLING = [
    "13800000000",
    "138-0000-0000",
    "tel:138.0000.0000",
    "+8613800000000",
    "010-6254-1234",
    "11010119900307123X",
    "6222020200112233445",
    "wang@example.com",
    "192.168.1.7",
    "192.168.1.7/24",
    "2001:db8::1",
    "王小明",
    "Wang Xiaoming",
    "P1,",
    "P1,王",
    "a" * 65,
    "P1\n",
    "１２３",
    13_800_000_000,
]


@pytest.mark.parametrize("value", OPAQUE)
def test_ids_codes_digests_moments_and_small_numbers_are_opaque(value: str | int) -> None:
    assert rules.opaque(value)


@pytest.mark.parametrize("value", TELLING)
def test_what_may_tell_of_a_person_is_not_opaque(value: str | int) -> None:
    assert not rules.opaque(value)


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        (Fact("Consent given", None, {}), "kind"),
        (Fact("a" * 65, None, {}), "kind"),
        (Fact("consent.given", SubjectId("13800000000"), {}), "subject"),
        (Fact("consent.given", None, {"手机": "x"}), "name"),
        (Fact("consent.given", None, {"phone": "13800000000"}), "phone"),
    ],
)
def test_a_refusal_names_the_part_and_never_the_value(fact: Fact, name: str) -> None:
    with pytest.raises(NotOpaque) as refusal:
        rules.check(fact)
    assert refusal.value.facts == {"name": name}


@given(st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=50)
def test_a_tree_grown_in_steps_is_the_tree_over_all_leaves(steps: list[int]) -> None:
    hashes = [merkle.leaf_hash(b"%d" % at) for at in range(sum(steps))]
    stored: dict[merkle.Node, bytes] = {}
    size, root = 0, merkle.EMPTY_ROOT
    for step in steps:
        tops = [stored[node] for node in merkle.peaks((0, size))]
        made, root = rules.grow(size, tops, hashes[size : size + step])
        assert not stored.keys() & made.keys()
        stored |= made
        size += step
    assert root == merkle.root(hashes)
