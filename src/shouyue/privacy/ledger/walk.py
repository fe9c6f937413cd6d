"""Walk the whole log and say what is wrong where."""

from collections.abc import Iterable, Iterator, Sequence

from shouyue.ground.hazmat import merkle, notes
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.merkle import Node
from shouyue.ground.hazmat.notes import Checkpoint
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.ledger import queries, rules, service
from shouyue.privacy.ledger.types import Fault, Placed

_AT_ONCE = 4_096


def check(db: ReadSession, kept: Sequence[str] = ()) -> Iterator[Fault]:
    """Yield each fault: a leaf out of line or changed, a wrong hash, a checkpoint of another tree.

    Everything is computed anew from the leaves; stored hashes are only compared. Holds a few
    thousand leaves in memory at a time. `kept` are checkpoints that somebody kept outside of the
    database: that the log grew from them is proved, or they are faults too.
    """
    tops: dict[Node, bytes] = {}
    signed = list(queries.checkpoints(db))
    sizes = {size for size, _ in signed}
    outside = {note: _said(note, service.verifier(db)) for note in kept}
    cuts = sizes | {said.size for said in outside.values() if said is not None}
    roots: dict[int, bytes] = {}
    size = 0
    while leaves := queries.placed(db, size, size + _AT_ONCE):
        yield from _openings(leaves)
        if (gap := _gap(leaves, size)) is not None:
            yield Fault(f"leaf {gap}", "missing")
            break
        peaks = [tops[node] for node in merkle.peaks((0, size))]
        made, _ = rules.grow(size, peaks, [rules.leaf_hash(one.leaf) for one in leaves])
        yield from _hashes(db, made)
        known = tops | made
        for cut in cuts & set(range(size + 1, size + len(leaves) + 1)):
            roots[cut] = merkle.fold([known[node] for node in merkle.peaks((0, cut))])
        size += len(leaves)
        tops = {node: known[node] for node in merkle.peaks((0, size))}
    yield from _checkpoints(signed, roots, service.verifier(db))
    yield from _outside(outside.values(), roots, size)
    if size > max(sizes, default=0):
        yield Fault(f"leaf {max(sizes, default=0)}", "in line, but under no checkpoint")


def _openings(leaves: list[Placed]) -> Iterator[Fault]:
    for one in leaves:
        if one.opening is not None and rules.commitment(one.opening) != one.leaf.commitment:
            yield Fault(f"leaf {one.place}", "the opening does not fit the commitment")


def _gap(leaves: list[Placed], first: int) -> int | None:
    places = enumerate(leaves, first)
    return next((place for place, one in places if one.place != place), None)


def _hashes(db: ReadSession, made: dict[Node, bytes]) -> Iterator[Fault]:
    kept = [node for node in made if rules.is_stored(node)]
    for level in sorted({level for level, _ in kept}):
        places = sorted(place for lv, place in kept if lv == level)
        stored = queries.row_of_nodes(db, level, places[0], places[-1] + 1)
        if stored != [made[level, place] for place in places]:
            yield Fault(f"level {level}, {places[0]} to {places[-1]}", "a hash is wrong or missing")


def _checkpoints(
    signed: list[tuple[int, str]], roots: dict[int, bytes], verifier: str
) -> Iterator[Fault]:
    for size, note in signed:
        said = _said(note, verifier)
        if said is None:
            yield Fault(f"checkpoint {size}", "the signature is wrong")
        elif (said.size, said.root) != (size, roots.get(size)):
            yield Fault(f"checkpoint {size}", "it speaks of another tree")


def _outside(
    kept: Iterable[Checkpoint | None], roots: dict[int, bytes], size: int
) -> Iterator[Fault]:
    for said in kept:
        if said is None:
            yield Fault("kept checkpoint", "this log has not signed it")
        elif said.size > size:
            yield Fault(f"kept checkpoint {said.size}", f"rolled back: the log has {size} leaves")
        elif roots.get(said.size, merkle.EMPTY_ROOT) != said.root:
            yield Fault(f"kept checkpoint {said.size}", "forked: the log has other leaves there")


def _said(note: str, verifier: str) -> Checkpoint | None:
    try:
        return notes.verify_checkpoint(note, verifier)
    except NotAuthentic:
        return None
