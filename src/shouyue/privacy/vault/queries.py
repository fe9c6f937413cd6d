"""The vault's SQL: rows in, rows out, nothing decided."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from shouyue.ground.links.spelled import spelled
from shouyue.ground.store.asked import Asked, among
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault.tables import BlindIndex, SealedDocument, VaultHolding

HeldRow = Any
"""A holding, by the names of its columns."""


class NewHolding(NamedTuple):
    """A holding about to be written, column by column."""

    id: str
    subject: str
    item: str
    key: str
    ground: str
    purpose: str
    basis: str
    source: str
    at: datetime
    sealed: bytes = b""


_HELD = VaultHolding.metadata.tables[VaultHolding.__tablename__]
_BLIND = BlindIndex.metadata.tables[BlindIndex.__tablename__]
_PAPERS = SealedDocument.metadata.tables[SealedDocument.__tablename__]
_add_held = Bulk(_HELD, NewHolding._fields)
_add_blind = Bulk(_BLIND, [column.name for column in _BLIND.c])


def _theirs(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.subject == sa.bindparam("subject"), among(table.c.item, "items"))


def _used(name: str) -> Asked:
    both = (sa.select(one.c[name]).where(among(one.c[name], "ids")) for one in (_HELD, _PAPERS))
    return Asked(sa.union(*both))


_IN_ORDER = sa.select(_HELD).order_by(_HELD.c.subject, _HELD.c.item)
_all = Asked(_IN_ORDER.where(_HELD.c.subject == sa.bindparam("subject")))
_some = Asked(_IN_ORDER.where(_theirs(_HELD)))
_take = Asked(sa.delete(_HELD).where(_theirs(_HELD)).returning(*_HELD.c))
_take_blind = Asked(sa.delete(_BLIND).where(_theirs(_BLIND)))
_take_papers = Asked(sa.delete(_PAPERS).where(_theirs(_PAPERS)).returning(*_PAPERS.c))
_UNDER = sa.select(_HELD.c.id).where(among(_HELD.c.key, "keys"))
_drop_blind = Asked(sa.delete(_BLIND).where(_BLIND.c.holding.in_(_UNDER)))
_drop = Asked(sa.delete(_HELD).where(among(_HELD.c.key, "keys")).returning(_HELD.c.ground))


def _why(table: sa.Table) -> sa.Select[Any]:
    one = table.c
    return sa.select(one.subject, one.item, one.purpose, one.basis, spelled(one.at), one.source)


_whys = Asked(
    _why(_HELD).where(among(_HELD.c.subject, "people")).order_by(_HELD.c.subject, _HELD.c.item)
)
_kept_for = Asked(
    sa.union_all(
        *(_why(one).where(one.c.purpose == sa.bindparam("purpose")) for one in (_HELD, _PAPERS))
    )
)
_AT_ONCE = 2_000
_drop_papers = Asked(
    sa.delete(_PAPERS)
    .where(among(_PAPERS.c.key, "keys"))
    .returning(_PAPERS.c.ground, _PAPERS.c.object_name)
)
_keys_used, _grounds_used = _used("key"), _used("ground")
_turn = Asked(sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("mark", type_=sa.BigInteger))))
_others = Asked(
    sa.select(_BLIND.c.holding).where(
        _BLIND.c.item == sa.bindparam("item"),
        among(_BLIND.c.digest, "digests"),
        _BLIND.c.subject != sa.bindparam("subject"),
    )
)


def holdings(
    db: ReadSession, subject: str, items: Collection[Item] | None = None
) -> Sequence[HeldRow]:
    """Return the person's holdings by item; of some items only, if told."""
    if items is None:
        return _all(db, subject=subject)
    return _some(db, subject=subject, items=list(items))


def whys(db: ReadSession, people: Collection[str]) -> Sequence[HeldRow]:
    """Return what is held about people and why, by person and item, nothing of the values."""
    return _whys(db, people=list(people))


def kept_for(db: ReadSession, purpose: Purpose) -> Iterator[Sequence[HeldRow]]:
    """Yield the same of all that is held for a purpose, documents too, in no order."""
    return _kept_for.parts(db, _AT_ONCE, purpose=purpose.value)


def add(db: Session, row: NewHolding) -> None:
    """Write a holding."""
    _add_held(db, [row])


def add_blind(db: Session, row: NewHolding, digest: str) -> None:
    """Let a holding be found by a digest."""
    _add_blind(db, [(row.id, row.subject, row.item, digest)])


def take(db: Session, subject: str, items: Collection[Item]) -> Sequence[HeldRow]:
    """Delete the person's holdings of these items with their blind indexes, and return them."""
    if any(policy.item(item).findable for item in items):
        _take_blind(db, subject=subject, items=list(items))
    return _take(db, subject=subject, items=list(items))


def documents(
    db: ReadSession, subject: str, items: Collection[Item] | None = None
) -> Sequence[SealedDocument]:
    """Return the person's documents, oldest first; of some items only, if told."""
    found = sa.select(SealedDocument).where(SealedDocument.subject == subject)
    if items is not None:
        found = found.where(SealedDocument.item.in_(items))
    return db.scalars(found.order_by(SealedDocument.at, SealedDocument.id)).all()


def document(db: ReadSession, document_id: str) -> SealedDocument | None:
    """Return one document."""
    return db.get(SealedDocument, document_id)


def known_objects(db: ReadSession, names: Collection[str]) -> set[str]:
    """Return those of the names that a document has."""
    found = sa.select(SealedDocument.object_name).where(SealedDocument.object_name.in_(names))
    return set(db.scalars(found))


def indexed(db: ReadSession, item: Item, digests: Collection[str]) -> str | None:
    """Return the person whose newest holding has one of the digests."""
    found = (
        sa.select(BlindIndex.subject)
        .join(VaultHolding, VaultHolding.id == BlindIndex.holding)
        .where(BlindIndex.item == item, BlindIndex.digest.in_(digests))
        .order_by(VaultHolding.at.desc(), VaultHolding.id.desc())
    )
    return db.scalars(found.limit(1)).first()


def take_turn(db: Session, mark: int) -> None:
    """Wait until no other unit of work keeps the same value; the turn ends with this unit."""
    if db.unit.dialect.name == "postgresql":  # elsewhere one writer works at a time
        _turn(db, mark=mark)


def taken(db: Session, item: Item, digests: Collection[str], subject: str) -> bool:
    """Tell whether anybody else is found by one of the digests."""
    return bool(_others(db, item=item, digests=list(digests), subject=subject))


def change_digest(db: Session, holding: str, digest: str) -> None:
    """Let a holding be found by another digest from now on."""
    mine = sa.update(BlindIndex).where(BlindIndex.holding == holding)
    db.execute(mine.values(digest=digest))


def held_as(db: ReadSession) -> list[tuple[str, str, str, int, datetime]]:
    """Return each item, purpose and basis that is held: how often, and since when."""
    counted: list[tuple[str, str, str, int, datetime]] = []
    for table in (VaultHolding, SealedDocument):
        way = (table.item, table.purpose, table.basis)
        first = sa.func.min(table.at, type_=Instant)
        found = db.execute(sa.select(*way, sa.func.count(), first).group_by(*way))
        counted += [(one[0], one[1], one[2], one[3], one[4]) for one in found]
    return sorted(counted)


def take_papers(db: Session, subject: str, items: Collection[Item]) -> Sequence[Any]:
    """Delete the rows of the person's documents of these items and return them."""
    return _take_papers(db, subject=subject, items=list(items))


def drop_under(db: Session, keys: Collection[str]) -> tuple[set[str], list[str]]:
    """Delete all that the keys seal, however much; return its grounds and the names of objects."""
    doomed = list(keys)
    _drop_blind(db, keys=doomed)
    held, papers = _drop(db, keys=doomed), _drop_papers(db, keys=doomed)
    return {row.ground for row in (*held, *papers)}, [paper.object_name for paper in papers]


def in_use(db: ReadSession, keys: Collection[str]) -> set[str]:
    """Return those of the keys under which any holding or document is sealed."""
    return {row.key for row in _keys_used(db, ids=list(keys))}


def grounds_in_use(db: ReadSession, ids: Collection[str]) -> set[str]:
    """Return those of the grounds on which a holding or document rests."""
    if not ids:
        return set()
    return {row.ground for row in _grounds_used(db, ids=list(ids))}


def sealed_under(
    db: ReadSession, keys: Collection[str]
) -> tuple[Sequence[VaultHolding], Sequence[SealedDocument]]:
    """Return the holdings and documents that are sealed under the keys."""
    held = db.scalars(sa.select(VaultHolding).where(VaultHolding.key.in_(keys))).all()
    kept = db.scalars(sa.select(SealedDocument).where(SealedDocument.key.in_(keys))).all()
    return held, kept
