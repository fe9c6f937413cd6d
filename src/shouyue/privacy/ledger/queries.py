"""SQL of the ledger: rows in, values out."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from shouyue.ground.hazmat.merkle import Node
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.asked import Asked, among
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger.tables import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerFork,
    LedgerLeaf,
    LedgerLine,
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

_PARTS = ("id", "at", "kind", "commitment", "subject", "salt", "facts")
_WAITING = LedgerLeaf.metadata.tables[LedgerLeaf.__tablename__]
_LINE = LedgerLine.metadata.tables[LedgerLine.__tablename__]
_NODES = LedgerNode.metadata.tables[LedgerNode.__tablename__]
_add_leaves = Bulk(_WAITING, _PARTS)
_add_nodes = Bulk(_NODES, ("level", "place", "hash"))


def _everywhere(*fit: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.CompoundSelect[Any]:
    """Return what fits, whether it waits or is in line: a leaf is in one of the two."""
    nowhere = sa.cast(sa.null(), sa.BigInteger).label("place")
    parts = [
        sa.select(place, *(table.c[name] for name in _PARTS)).where(*(one(table) for one in fit))
        for table, place in ((_WAITING, nowhere), (_LINE, _LINE.c.place))
    ]
    return sa.union_all(*parts)


def _named(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.subject == sa.bindparam("subject")


_one = Asked(_everywhere(lambda table: table.c.id == sa.bindparam("id")))
_about = Asked(_everywhere(_named).order_by("at", "id"))
_of_kinds = Asked(
    _everywhere(_named, lambda table: among(table.c.kind, "kinds")).order_by("at", "id")
)
_TURN = LedgerTurn.metadata.tables[LedgerTurn.__tablename__]
_turn = Asked(sa.select(_TURN.c.id).with_for_update())
_add_turn = Bulk(_TURN, ("id",), "ON CONFLICT DO NOTHING")
_waiting = Asked(
    sa.select(*(_WAITING.c[name] for name in _PARTS[:4]))
    .order_by(_WAITING.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update()
)
_NOTES = LedgerCheckpoint.metadata.tables[LedgerCheckpoint.__tablename__]
_newest = Asked(sa.select(_NOTES.c.note).order_by(_NOTES.c.size.desc()).limit(1))
_LATEST = 64
"""So many of the newest cosignatures are looked at for the best-witnessed checkpoint."""


def add(db: Session, told: Sequence[tuple[Leaf, Opening]]) -> None:
    """Write leaves that have no place yet."""
    _add_leaves(
        db,
        [
            (
                leaf.id,
                leaf.at,
                leaf.kind,
                bytes.fromhex(leaf.commitment),
                opening.subject,
                opening.salt,
                dict(opening.facts),
            )
            for leaf, opening in told
        ],
    )


def take_turn(db: Session) -> None:
    """Wait until no other transaction integrates; the turn ends with this transaction."""
    if not _turn(db):
        _add_turn(db, [(1,)])
        _turn(db)


def waiting(db: Session, most: int) -> list[Leaf]:
    """Return the oldest leaves without a place, locked; ids are in the order of time."""
    return [_leaf(*row) for row in _waiting(db, most=most)]


def line_up(db: Session, leaves: Sequence[Leaf], first: int) -> None:
    """Give consecutive places to these very leaves, in this order; no place ever changes."""
    listed = _in_order(db, [leaf.id for leaf in leaves])
    opened = [_WAITING.c[name] for name in _PARTS]
    place = (sa.literal(first, sa.BigInteger) + listed.c.rank).label("place")
    mine = sa.select(place, *opened).join_from(_WAITING, listed, _WAITING.c.id == listed.c.id)
    chosen = mine.order_by("place")
    db.connection().execute(sa.insert(_LINE).from_select(["place", *_PARTS], chosen))
    new = sa.select(_LINE.c.id).where(_LINE.c.place >= first)
    db.connection().execute(sa.delete(_WAITING).where(_WAITING.c.id.in_(new)))


def _in_order(db: Session, ids: Sequence[str]) -> sa.Subquery:
    """Return ids as a table of one statement, each with its rank from nought."""
    if db.connection().dialect.name == "postgresql":
        given = sa.cast(ids, postgresql.ARRAY(sa.String))
        found = sa.func.unnest(given).table_valued("id", with_ordinality="rank", name="listed")
        found = found.render_derived()
        return sa.select(found.c.id, (found.c.rank - 1).label("rank")).subquery()
    each = sa.func.json_each(json.dumps(ids)).table_valued("key", "value", name="listed")
    return sa.select(each.c.value.label("id"), each.c.key.label("rank")).subquery()


def add_nodes(db: Session, made: Mapping[Node, bytes]) -> None:
    """Write the hashes of complete subtrees."""
    _add_nodes(db, [(level, place, total) for (level, place), total in made.items()])


def nodes(db: ReadSession, wanted: Sequence[Node]) -> dict[Node, bytes]:
    """Return the hashes of the subtrees, as many as there are."""
    if not wanted:
        return {}
    key = sa.tuple_(LedgerNode.level, LedgerNode.place)
    found = sa.select(LedgerNode.level, LedgerNode.place, LedgerNode.hash).where(key.in_(wanted))
    return {(level, place): total for level, place, total in db.execute(found)}


def leaves_at(db: ReadSession, places: Sequence[int]) -> dict[int, Leaf]:
    """Return the leaves at these places, as many as there are."""
    if not places:
        return {}
    found = sa.select(_LINE.c.place, *(_LINE.c[name] for name in _PARTS[:4]))
    rows = db.execute(found.where(_LINE.c.place.in_(places)))
    return {place: _leaf(*rest) for place, *rest in rows}


def row_of_nodes(db: ReadSession, level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes of a level from one place up to, not including, another."""
    inside = sa.and_(LedgerNode.place >= start, LedgerNode.place < end)
    found = sa.select(LedgerNode.hash).where(LedgerNode.level == level, inside)
    return list(db.execute(found.order_by(LedgerNode.place)).scalars())


def placed(db: ReadSession, start: int, end: int) -> list[Placed]:
    """Return the leaves from one place up to, not including, another, in order."""
    found = sa.select(_LINE).where(_LINE.c.place >= start, _LINE.c.place < end)
    return [
        Placed(row.place, _leaf(row.id, row.at, row.kind, row.commitment), _opening(row))
        for row in db.execute(found.order_by(_LINE.c.place))
    ]


def add_checkpoint(db: Session, size: int, at: datetime, note: str) -> None:
    """Write a signed checkpoint."""
    db.execute(sa.insert(LedgerCheckpoint).values(size=size, at=at, note=note))


def newest(db: ReadSession) -> str | None:
    """Return the newest checkpoint."""
    return next((row.note for row in _newest(db)), None)


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
    row = next(iter(_one(db, id=leaf_id)), None)
    if row is None:
        return None
    return _leaf(row.id, row.at, row.kind, row.commitment), _opening(row), row.place


def about(db: ReadSession, subject: SubjectId, kinds: Sequence[str]) -> list[Entry]:
    """Return what the log holds about a person, oldest first."""
    if kinds:
        rows = _of_kinds(db, subject=subject, kinds=list(kinds))
    else:
        rows = _about(db, subject=subject)
    return [Entry(row.id, row.at, row.kind, row.facts or {}, row.place) for row in rows]


def blind(db: Session, subject: SubjectId) -> int:
    """Drop the openings of a person's leaves; return how many."""
    count = 0
    # First those that wait, in the order in which `waiting` locks, or the two could wait for each
    # other; one that goes into line meanwhile is met there.
    for table in (_WAITING, _LINE):
        ours = sa.select(table.c.id).where(table.c.subject == subject)
        count += len(db.execute(ours.order_by(table.c.id).with_for_update()).all())
        change = sa.update(table).where(table.c.subject == subject)
        db.execute(change.values(subject=None, salt=None, facts=sa.null()))
    return count


def _leaf(identity: str, at: datetime, kind: str, commitment: bytes) -> Leaf:
    return Leaf(identity, at, kind, commitment.hex())


def _opening(row: Any) -> Opening | None:
    return None if row.salt is None else Opening(row.salt, row.subject, row.facts)
