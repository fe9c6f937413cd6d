from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouyue.ground.hazmat import merkle
from shouyue.ground.hazmat.errors import NotAuthentic

# The leaves and roots of the reference test of Certificate Transparency (RFC 6962),
# google/certificate-transparency, merkletree/merkle_tree_test.cc.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
LEAVES += ["606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
SIZES = st.integers(1, 40)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % at) for at in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert merkle.root(HASHES[:size]).hex() == ROOTS[size]


def test_an_inclusion_proof_is_that_of_the_reference() -> None:
    # merkle_tree_test.cc: leaf 6 (from one) in the tree of 8.
    assert [part.hex() for part in merkle.inclusion_proof(HASHES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_consistency_proof_is_that_of_the_reference() -> None:
    # merkle_tree_test.cc: from 6 to 8.
    assert [part.hex() for part in merkle.consistency_proof(HASHES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40))
@settings(max_examples=50)
def test_a_root_is_what_the_definition_says(leaves: list[bytes]) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert merkle.root(hashes) == naive_root(leaves)


@given(SIZES)
@settings(max_examples=40)
def test_peaks_fold_to_the_root(size: int) -> None:
    hashes = tree(size)
    tops = [
        merkle.root(hashes[place << level : (place + 1) << level])
        for level, place in merkle.peaks((0, size))
    ]
    assert merkle.fold(tops) == merkle.root(hashes)


@given(st.data(), SIZES)
@settings(max_examples=50)
def test_a_leaf_is_proved_at_its_index_and_at_no_other(data: st.DataObject, size: int) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size + 1))
    hashes = tree(size)
    proof, root = merkle.inclusion_proof(hashes, index), merkle.root(hashes)
    merkle.verify_inclusion(hashes[index], index, size, proof, root)
    if other != index:
        with pytest.raises(NotAuthentic):
            merkle.verify_inclusion(hashes[index], other, size, proof, root)


@given(st.data(), SIZES)
@settings(max_examples=50)
def test_growth_is_proved_and_a_rewritten_past_is_not(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(0, size))
    hashes = tree(size)
    proof = merkle.consistency_proof(hashes, old)
    before, after = merkle.root(hashes[:old]), merkle.root(hashes)
    merkle.verify_consistency(old, size, before, after, proof)
    with pytest.raises(NotAuthentic):
        merkle.verify_consistency(old, size, sha256(before).digest(), after, proof)
    if old:
        with pytest.raises(NotAuthentic):
            merkle.verify_consistency(old, size, before, sha256(after).digest(), proof)


@given(st.data(), st.integers(2, 40))
@settings(max_examples=50)
def test_a_proof_with_a_part_changed_lost_or_added_fails(data: st.DataObject, size: int) -> None:
    hashes = tree(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(hashes, index), merkle.root(hashes)
    at = data.draw(st.integers(0, len(proof) - 1))
    changed = [*proof[:at], sha256(proof[at]).digest(), *proof[at + 1 :]]
    for wrong in (changed, proof[:at] + proof[at + 1 :], [*proof, proof[at]]):
        with pytest.raises(NotAuthentic):
            merkle.verify_inclusion(hashes[index], index, size, wrong, root)


@pytest.mark.parametrize(("old", "size"), [(-1, 2), (3, 2), (3, 4), (2, 4)])
def test_growth_without_its_proof_is_refused(old: int, size: int) -> None:
    with pytest.raises(NotAuthentic):
        merkle.verify_consistency(old, size, HASHES[0], HASHES[1], [])


def test_a_proof_that_goes_on_above_the_root_is_refused() -> None:
    proof = merkle.consistency_proof(HASHES, 6)
    roots = merkle.root(HASHES[:6]), merkle.root(HASHES)
    for wrong in ([*proof, proof[0]], proof[:-1]):
        with pytest.raises(NotAuthentic):
            merkle.verify_consistency(6, 8, *roots, wrong)


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(NotAuthentic):
        merkle.verify_inclusion(b"short", 0, 1, [], b"short")
