"""SQL of the ledger: rows in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.hazmat.merkle import Node
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger.tables import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerFork,
    LedgerLeaf,
    LedgerNode,
    LedgerTurn,
)
from shouyue.privacy.ledger.types import (
    Cosignature,
    Entry,
    Fork,
    Leaf,
    Opening,
    Placed,
    Witnessed,
)

_LEAF = (LedgerLeaf.id, LedgerLeaf.at, LedgerLeaf.kind, LedgerLeaf.commitment)
_OPENING = (LedgerLeaf.salt, LedgerLeaf.subject, LedgerLeaf.facts)
_LEAVES = LedgerLeaf.metadata.tables[LedgerLeaf.__tablename__]
_NODES = LedgerNode.metadata.tables[LedgerNode.__tablename__]
_ADD_LEAF = _LEAVES.insert()
_LATEST = 64
"""So many of the newest cosignatures are looked at for the best-witnessed checkpoint."""

_ADD_NODES = _NODES.insert()


def add(db: Session, told: Sequence[tuple[Leaf, Opening]]) -> None:
    """Write leaves that have no place yet."""
    rows = [
        {
            "id": leaf.id,
            "at": leaf.at,
            "kind": leaf.kind,
            "commitment": leaf.commitment,
            "subject": opening.subject,
            "salt": opening.salt,
            "facts": dict(opening.facts),
        }
        for leaf, opening in told
    ]
    # Each act waits for this: the table takes the rows without the mapper's detour.
    db.connection().execute(_ADD_LEAF, rows)


def take_turn(db: Session) -> None:
    """Wait until no other transaction integrates; the turn ends with this transaction."""
    db.execute(sa.text("INSERT INTO ledger_turn (id) VALUES (1) ON CONFLICT DO NOTHING"))
    db.execute(sa.select(LedgerTurn.id).with_for_update())


def waiting(db: Session, most: int) -> list[Leaf]:
    """Return the oldest leaves without a place."""
    found = sa.select(*_LEAF).where(LedgerLeaf.place.is_(None))
    found = found.order_by(LedgerLeaf.at, LedgerLeaf.id).limit(most).with_for_update()
    return [Leaf(*row) for row in db.execute(found)]


def set_places(db: Session, leaves: Iterable[Leaf], first: int) -> None:
    """Give consecutive places, in the order of `waiting`; a place once given never changes."""
    # The very leaves that were hashed, in the very order: others may have come since.
    rank = sa.func.row_number().over(order_by=(_LEAVES.c.at, _LEAVES.c.id)) - 1
    chosen = sa.select(_LEAVES.c.id, rank.label("rank"))
    ranked = chosen.where(_LEAVES.c.id.in_([leaf.id for leaf in leaves])).subquery()
    mine = sa.and_(_LEAVES.c.id == ranked.c.id, _LEAVES.c.place.is_(None))
    db.connection().execute(sa.update(_LEAVES).where(mine).values(place=first + ranked.c.rank))


def add_nodes(db: Session, made: Mapping[Node, bytes]) -> None:
    """Write the hashes of complete subtrees."""
    rows = [{"level": lv, "place": place, "hash": total} for (lv, place), total in made.items()]
    db.connection().execute(_ADD_NODES, rows)


def nodes(db: ReadSession, wanted: Sequence[Node]) -> dict[Node, bytes]:
    """Return the hashes of the subtrees, as many as there are."""
    if not wanted:
        return {}
    key = sa.tuple_(LedgerNode.level, LedgerNode.place)
    found = sa.select(LedgerNode.level, LedgerNode.place, LedgerNode.hash).where(key.in_(wanted))
    return {(level, place): total for level, place, total in db.execute(found)}


def row_of_nodes(db: ReadSession, level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes of a level from one place up to, not including, another."""
    inside = sa.and_(LedgerNode.place >= start, LedgerNode.place < end)
    found = sa.select(LedgerNode.hash).where(LedgerNode.level == level, inside)
    return list(db.execute(found.order_by(LedgerNode.place)).scalars())


def placed(db: ReadSession, start: int, end: int) -> list[Placed]:
    """Return the leaves from one place up to, not including, another, in order."""
    found = sa.select(LedgerLeaf.place, *_LEAF, *_OPENING)
    found = found.where(LedgerLeaf.place >= start, LedgerLeaf.place < end)
    return [
        Placed(
            row.place,
            Leaf(row.id, row.at, row.kind, row.commitment),
            None if row.salt is None else Opening(row.salt, row.subject, row.facts),
        )
        for row in db.execute(found.order_by(LedgerLeaf.place))
    ]


def add_checkpoint(db: Session, size: int, at: datetime, note: str) -> None:
    """Write a signed checkpoint."""
    db.execute(sa.insert(LedgerCheckpoint).values(size=size, at=at, note=note))


def newest(db: ReadSession) -> str | None:
    """Return the newest checkpoint."""
    found = sa.select(LedgerCheckpoint.note).order_by(LedgerCheckpoint.size.desc()).limit(1)
    return db.execute(found).scalar_one_or_none()


def checkpoint_of(db: ReadSession, size: int) -> str | None:
    """Return the checkpoint of a tree of `size`."""
    found = sa.select(LedgerCheckpoint.note).where(LedgerCheckpoint.size == size)
    return db.execute(found).scalar_one_or_none()


def checkpoints(db: ReadSession) -> list[tuple[int, str]]:
    """Return every checkpoint with its size, oldest first."""
    found = sa.select(LedgerCheckpoint.size, LedgerCheckpoint.note)
    return [(size, note) for size, note in db.execute(found.order_by(LedgerCheckpoint.size))]


def add_cosignature(db: Session, given: Cosignature) -> None:
    """Write a witness's line down; the same one twice is once."""
    row = {
        "size": given.size,
        "witness": given.by.name,
        "at": given.by.at,
        "verifier": given.by.key,
        "line": given.line,
    }
    same = [column == row[column.name] for column in LedgerCosignature.__table__.primary_key]
    if db.execute(sa.select(LedgerCosignature.size).where(*same)).first() is None:
        db.execute(sa.insert(LedgerCosignature).values(row))


def cosignatures(db: ReadSession, above: int) -> list[Cosignature]:
    """Return the newest cosignatures of trees larger than `above`, largest and newest first."""
    found = sa.select(LedgerCosignature).where(LedgerCosignature.size > above)
    found = found.order_by(LedgerCosignature.size.desc(), LedgerCosignature.at.desc())
    return [_cosignature(row) for row in db.scalars(found.limit(_LATEST))]


def newest_cosignature(db: ReadSession, witness: str) -> Cosignature | None:
    """Return the last thing that a witness has signed."""
    found = sa.select(LedgerCosignature).where(LedgerCosignature.witness == witness)
    last = found.order_by(LedgerCosignature.size.desc(), LedgerCosignature.at.desc()).limit(1)
    row = db.scalars(last).first()
    return None if row is None else _cosignature(row)


def witnessed_at(db: ReadSession) -> datetime | None:
    """Return the time of the newest cosignature of all."""
    return db.scalar(sa.select(sa.func.max(LedgerCosignature.at)))


def began_at(db: ReadSession) -> datetime | None:
    """Return the time of the first checkpoint."""
    return db.scalar(sa.select(sa.func.min(LedgerCheckpoint.at)))


def add_fork(db: Session, fork: Fork) -> bool:
    """Write a fork down; answer no where it is known already, acknowledged or not."""
    if db.get(LedgerFork, (fork.witness, fork.theirs)) is not None:
        return False
    db.add(LedgerFork(witness=fork.witness, theirs=fork.theirs, ours=fork.ours, at=fork.at))
    db.flush()
    return True


def open_forks(db: ReadSession) -> list[LedgerFork]:
    """Return the forks that nobody has acknowledged, oldest first."""
    found = sa.select(LedgerFork).where(LedgerFork.acknowledged_at.is_(None))
    return list(db.scalars(found.order_by(LedgerFork.at, LedgerFork.witness)))


def _cosignature(row: LedgerCosignature) -> Cosignature:
    return Cosignature(row.size, Witnessed(row.witness, row.verifier, row.at), row.line)


def leaf(db: ReadSession, leaf_id: str) -> tuple[Leaf, Opening | None, int | None] | None:
    """Return a leaf with its opening, unless blinded, and its place, if it has one."""
    found = sa.select(*_LEAF, LedgerLeaf.place, *_OPENING).where(LedgerLeaf.id == leaf_id)
    row = db.execute(found).one_or_none()
    if row is None:
        return None
    opening = None if row.salt is None else Opening(row.salt, row.subject, row.facts)
    return Leaf(row.id, row.at, row.kind, row.commitment), opening, row.place


def about(db: ReadSession, subject: SubjectId, kinds: Sequence[str]) -> list[Entry]:
    """Return what the log holds about a person, oldest first."""
    found = sa.select(
        LedgerLeaf.id, LedgerLeaf.at, LedgerLeaf.kind, LedgerLeaf.facts, LedgerLeaf.place
    ).where(LedgerLeaf.subject == subject)
    if kinds:
        found = found.where(LedgerLeaf.kind.in_(kinds))
    rows = db.execute(found.order_by(LedgerLeaf.at, LedgerLeaf.id))
    return [Entry(id_, at, kind, facts or {}, place) for id_, at, kind, facts, place in rows]


def blind(db: Session, subject: SubjectId) -> int:
    """Drop the openings of a person's leaves; return how many."""
    ours = sa.select(LedgerLeaf.id).where(LedgerLeaf.subject == subject)
    # Locked in the order in which `waiting` locks, or the two could wait for each other.
    ours = ours.order_by(LedgerLeaf.at, LedgerLeaf.id).with_for_update()
    count = len(db.execute(ours).all())
    change = sa.update(_LEAVES).where(_LEAVES.c.subject == subject)
    db.execute(change.values(subject=None, salt=None, facts=sa.null()))
    return count
