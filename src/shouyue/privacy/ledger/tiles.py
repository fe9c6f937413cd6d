"""The log as files that a stranger may copy: C2SP `tlog-tiles`.

Source: c2sp.org/tlog-tiles. Tiles are hashes, bundles are leaf bytes: a leaf id, a moment, a kind
and a salted commitment, never an opening.
"""

from collections.abc import Sequence
from typing import TypeVar

from shouyue.ground.store.session import ReadSession
from shouyue.privacy.ledger import queries, rules
from shouyue.privacy.ledger.errors import NoSuchLeaf

T = TypeVar("T")

WIDTH = 256
_LEVELS = 8
_TOP = 7
"""The highest tile level that a place of 63 bits can reach."""


def tile(db: ReadSession, level: int, index: int, width: int = WIDTH) -> bytes:
    """Return `width` hashes of 32 bytes from tile `index` of `level`; NoSuchLeaf if not all exist.

    Level 0 are leaf hashes, each hash above is the root of a full tile below.
    """
    if not 0 <= level <= _TOP:
        raise NoSuchLeaf
    span = _span(index, width)
    if level:
        hashes = queries.row_of_nodes(db, level * _LEVELS, *span)
    else:
        hashes = [rules.leaf_hash(one.leaf) for one in queries.placed(db, *span)]
    return b"".join(_whole(hashes, width))


def entries(db: ReadSession, index: int, width: int = WIDTH) -> bytes:
    """Return the leaf bytes of bundle `index`, each after its length in two bytes."""
    leaves = _whole(queries.placed(db, *_span(index, width)), width)
    told = [rules.leaf_bytes(one.leaf) for one in leaves]
    return b"".join(len(one).to_bytes(2, "big") + one for one in told)


def _span(index: int, width: int) -> tuple[int, int]:
    if not (0 <= index < 1 << 55 and 1 <= width <= WIDTH):
        raise NoSuchLeaf
    return index * WIDTH, index * WIDTH + width


def _whole(found: Sequence[T], width: int) -> Sequence[T]:
    if len(found) != width:
        raise NoSuchLeaf
    return found
