"""Write evidence, put it in order, prove it.

Every room that owes proof appends in its own transaction. The tree holds salted commitments
only: once a person is forgotten the openings go, and what is left can be counted, not read.
"""

from collections.abc import Sequence
from itertools import islice

from shouyue.ground.hazmat import merkle, notes, tokens
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.merkle import Node, Range
from shouyue.ground.hazmat.notes import Checkpoint
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger import proofs, queries, rules
from shouyue.privacy.ledger.errors import Forked, NoSuchLeaf, NotYetIntegrated
from shouyue.privacy.ledger.types import Entry, Fact, Leaf, Opening, Pins, Receipt, Verified

_AT_ONCE = 5_000


def append(db: Session, fact: Fact) -> str:
    """Write a fact in the caller's transaction and return its leaf id.

    Raises NotOpaque where a value could tell of a person.
    """
    return append_all(db, [fact])[0]


def append_all(db: Session, facts: Sequence[Fact]) -> list[str]:
    """Write facts in the caller's transaction, all at once, and return a leaf id for each.

    All or nothing: raises NotOpaque, and writes none, where a value could tell of a person.
    """
    for fact in facts:
        rules.check(fact)
    told = [_told(db, fact) for fact in facts]
    if told:
        queries.add(db, told)
    return [leaf.id for leaf, _ in told]


def integrate(db: Session, most: int = _AT_ONCE) -> int:
    """Give places to the oldest new leaves, sign a checkpoint over them, return how many.

    One at a time: a second caller waits for the first one's transaction. Raises NotAuthentic
    where the stored tree is not the one that was signed last; it is never built upon. Raises
    Forked while a witness speaks of another log and nobody has acknowledged it.
    """
    queries.take_turn(db)
    if forks := queries.open_forks(db):
        raise Forked(witness=forks[0].witness, theirs=forks[0].theirs)
    leaves = queries.waiting(db, most)
    if not leaves:
        return 0
    size, tops = _signed_tree(db)
    made, root = rules.grow(size, tops, [rules.leaf_hash(leaf) for leaf in leaves])
    queries.line_up(db, leaves, size)
    queries.add_nodes(db, {node: total for node, total in made.items() if rules.is_stored(node)})
    size += len(leaves)
    signer = db.keys.signer("ledger")
    note = notes.sign_checkpoint(signer, origin(db), size, root)
    queries.add_checkpoint(db, size, db.clock(), note)
    db.journal.remember(size, note)
    return len(leaves)


def checkpoint(db: ReadSession) -> str:
    """Return the newest signed checkpoint (C2SP tlog-checkpoint); NotYetIntegrated before any."""
    note = queries.newest(db)
    if note is None:
        raise NotYetIntegrated
    return note


def published(db: ReadSession) -> str:
    """Return the newest checkpoint with what witnesses have signed of it so far."""
    note = checkpoint(db)
    size = _read(db, note).size
    lines = [one.line for one in rules.best_witnessed(queries.cosignatures(db, size - 1))]
    return note + "".join(lines)


def witnessed(db: ReadSession) -> str:
    """Return the newest checkpoint that witnesses have signed, with theirs; NoSuchLeaf if none."""
    given = queries.cosignatures(db, 0)
    newest = rules.best_witnessed([one for one in given if one.size == given[0].size])
    note = queries.checkpoint_of(db, newest[0].size) if newest else None
    if note is None:
        raise NoSuchLeaf
    return note + "".join(one.line for one in newest)


def is_ours(db: ReadSession, size: int, note: str) -> bool:
    """Tell whether the log signed this checkpoint of that size and still has it."""
    return queries.checkpoint_of(db, size) == note


def reached(db: ReadSession) -> int:
    """Return how many leaves the newest checkpoint counts; none yet is nought."""
    note = queries.newest(db)
    return 0 if note is None else _read(db, note).size


def receipt(db: ReadSession, leaf_id: str) -> bytes:
    """Return the proof of one leaf as canonical JSON, for `verify` anywhere, offline.

    Shows subject and facts until the person's leaves are blinded. Raises NoSuchLeaf, or
    NotYetIntegrated while the leaf waits for its place.
    """
    return rules.write(_receipt(db, leaf_id))


def proof(db: ReadSession, leaf_id: str) -> bytes:
    """Return the same as C2SP tlog-proof text, which other logs' tools read."""
    return proofs.write(_receipt(db, leaf_id))


def verify(receipt: bytes, known: Pins | str | None = None) -> Verified:
    """Return what a receipt of either form proves or raise NotAuthentic; pure, needs no network.

    `known` pins the verifier key of the log, or that and those of witnesses; leave it out only to
    look inside.
    """
    read = proofs.read if receipt.startswith(proofs.HEAD.encode()) else rules.read
    return rules.verify(read(receipt), known if isinstance(known, Pins) else Pins(known))


def is_key(line: str, *, witness: bool = False) -> bool:
    """Tell whether a line is a verifier key of a log, or of a witness."""
    try:
        notes.cosigner(line) if witness else notes.log_name(line)
    except NotAuthentic:
        return False
    return True


def growth(db: ReadSession, old: int) -> bytes:
    """Return canonical JSON proving that the checkpoint of `old` leaves is a beginning of ours.

    Both checkpoints, the proof in hex (RFC 6962, 2.1.2), and the verifier key. NoSuchLeaf where
    no checkpoint of that size was ever signed.
    """
    was = queries.checkpoint_of(db, old)
    if was is None:
        raise NoSuchLeaf
    now = checkpoint(db)
    proof = [part.hex() for part in growth_path(db, old, _read(db, now).size)]
    return canonical({"old": was, "new": now, "proof": proof, "verifier": verifier(db)})


def growth_path(db: ReadSession, old: int, size: int) -> list[bytes]:
    """Return the hashes that prove that the first `old` of `size` leaves are their beginning."""
    return _roots(db, merkle.consistency_ranges(old, size))


def about(db: ReadSession, subject: SubjectId, *kinds: str) -> list[Entry]:
    """Return what the log holds about a person, oldest first; of some kinds, or of all."""
    return queries.about(db, subject, kinds)


def whose(db: ReadSession, leaf_id: str) -> SubjectId | None:
    """Return whom a leaf is about; None for nobody, a blinded leaf, or none at all."""
    found = queries.leaf(db, leaf_id)
    opening = found[1] if found else None
    return opening.subject if opening else None


def blind(db: Session, subject: SubjectId) -> int:
    """Drop salt, subject and facts of a person's leaves; return how many. Proofs keep holding."""
    return queries.blind(db, subject)


def origin(db: ReadSession) -> str:
    """Return the log's name: the same for ever, and different for every operator's key."""
    public = db.keys.signer("ledger").public_key().public_bytes_raw()
    return f"shouyue.ledger/{tokens.fingerprint(public.hex())[:16]}"


def verifier(db: ReadSession) -> str:
    """Return the key to publish and to pin (C2SP signed-note verifier key)."""
    return notes.verifier_key(db.keys.signer("ledger"), origin(db))


def _told(db: Session, fact: Fact) -> tuple[Leaf, Opening]:
    opening = Opening(db.dice(rules.SALT_BYTES), fact.subject, fact.facts)
    return Leaf(db.new_id(), db.clock(), fact.kind, rules.commitment(opening)), opening


def _receipt(db: ReadSession, leaf_id: str) -> Receipt:
    found = queries.leaf(db, leaf_id)
    if found is None:
        raise NoSuchLeaf
    leaf, opening, place = found
    if place is None:
        raise NotYetIntegrated
    witnessed = rules.best_witnessed(queries.cosignatures(db, place))
    # A checkpoint that others have signed is worth more to a stranger than the very newest.
    note = queries.checkpoint_of(db, witnessed[0].size) if witnessed else checkpoint(db)
    if note is None:
        raise NotAuthentic
    path = tuple(_roots(db, merkle.inclusion_ranges(place, _read(db, note).size)))
    note += "".join(one.line for one in witnessed)
    keys = tuple(one.by.key for one in witnessed)
    return Receipt(leaf, opening, place, path, note, verifier(db), keys)


def _read(db: ReadSession, note: str) -> Checkpoint:
    return notes.verify_checkpoint(note, verifier(db))


def _signed_tree(db: Session) -> tuple[int, list[bytes]]:
    """Return size and peaks of the tree as stored, if it is the one that was signed last."""
    note = queries.newest(db)
    if note is None:
        return 0, []
    signed = _read(db, note)
    tops = _hashes(db, merkle.peaks((0, signed.size)))
    if not tokens.same(merkle.fold(tops), signed.root):
        raise NotAuthentic
    return signed.size, tops


def _roots(db: ReadSession, ranges: list[Range]) -> list[bytes]:
    """Return the roots of ranges from stored subtrees: O(log n) rows in one query."""
    tops = [merkle.peaks(span) for span in ranges]
    found = iter(_hashes(db, [node for nodes in tops for node in nodes]))
    return [merkle.fold(list(islice(found, len(nodes)))) for nodes in tops]


def _hashes(db: ReadSession, wanted: list[Node]) -> list[bytes]:
    parts = [rules.stored_under(node) for node in wanted]
    every = [node for nodes in parts for node in nodes]
    found = queries.nodes(db, [node for node in every if node[0]])
    at = queries.leaves_at(db, [place for level, place in every if not level])
    found |= {(0, place): rules.leaf_hash(leaf) for place, leaf in at.items()}
    try:
        return [merkle.root([found[node] for node in nodes]) for nodes in parts]
    except KeyError:
        raise NotAuthentic from None
