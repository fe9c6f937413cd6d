"""Merkle trees as in RFC 6962: one root for all leaves, short proofs for one leaf or for growth.

Proofs are first planned as ranges of leaves and then filled with the roots of those ranges, so
that a caller who keeps the roots of complete subtrees need not keep the leaves at hand.
"""

import hashlib
from collections.abc import Sequence

from shouyue.ground.hazmat import tokens
from shouyue.ground.hazmat.errors import NotAuthentic

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()

Range = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

Node = tuple[int, int]
"""A complete subtree: its level (0 is a leaf) and its place on that level."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962, 2.1): the prefix keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; the empty tree has one too."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
    return level[0]


def peaks(span: Range) -> list[Node]:
    """Return the complete subtrees that make up a range of a proof, from the left."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root of a range from the hashes of its peaks, from the left."""
    if not hashes:
        return EMPTY_ROOT
    *rest, total = hashes
    for left in reversed(rest):
        total = node_hash(left, total)
    return total


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove leaf `index` in a tree of `size` (2.1.1)."""
    start, end, found = 0, size, list[Range]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that a tree of `old` grew to `size` (2.1.2)."""
    start, end, found = 0, size, list[Range]()
    if old == 0:
        return found
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    # A verifier who holds the old root needs no copy of it where it is a subtree by itself.
    return [(start, end), *found[::-1]] if start else found[::-1]


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf, from the bottom; `index` must lie in the tree."""
    return [root(hashes[start:end]) for start, end in inclusion_ranges(index, len(hashes))]


def consistency_proof(hashes: Sequence[bytes], old: int) -> list[bytes]:
    """Return the proof that the first `old` leaves are the beginning of all of them."""
    return [root(hashes[start:end]) for start, end in consistency_ranges(old, len(hashes))]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> None:
    """Return if the leaf hash stands at `index` under the root; raise NotAuthentic otherwise.

    The way of RFC 9162, 2.1.3.2.
    """
    _sized(leaf, expected, *proof)
    if not 0 <= index < size:
        raise NotAuthentic
    here, last, total = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise NotAuthentic
        if here & 1 or here == last:
            total = node_hash(part, total)
            here, last = _up_to_a_left_edge(here, last)
        else:
            total = node_hash(total, part)
        here, last = here >> 1, last >> 1
    if last != 0 or not tokens.same(total, expected):
        raise NotAuthentic


def verify_consistency(
    old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return if the old tree is the beginning of the new one; raise NotAuthentic otherwise.

    The way of RFC 9162, 2.1.4.2. Anything grows out of the empty tree.
    """
    _sized(old_root, new_root, *proof)
    if not 0 <= old <= size:
        raise NotAuthentic
    if old in {0, size}:
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or not tokens.same(old_root, expected):
            raise NotAuthentic
        return
    parts = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if _grown(old, size, parts) != (old_root, new_root):
        raise NotAuthentic


def _grown(old: int, size: int, parts: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that the parts lead to."""
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not parts:
        raise NotAuthentic
    before = after = parts[0]
    for part in parts[1:]:
        if last == 0:
            raise NotAuthentic
        if here & 1 or here == last:
            before, after = node_hash(part, before), node_hash(part, after)
            here, last = _up_to_a_left_edge(here, last)
        else:
            after = node_hash(after, part)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise NotAuthentic
    return before, after


def _up_to_a_left_edge(here: int, last: int) -> Range:
    # A last node without a sibling rises unchanged until it is a right child.
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _sized(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise NotAuthentic
