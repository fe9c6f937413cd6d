"""The vault's SQL: rows in, rows out, nothing decided."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.columns import Instant
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault.tables import (
    BlindIndex,
    SealedDocument,
    VaultHolding,
)

HeldRow = VaultHolding | sa.Row[Any]
"""A holding, by the names of its columns."""

_HELD = VaultHolding.metadata.tables[VaultHolding.__tablename__]
_BLIND = BlindIndex.metadata.tables[BlindIndex.__tablename__]
_PAPERS = SealedDocument.metadata.tables[SealedDocument.__tablename__]
_add_held = Bulk(_HELD, [column.name for column in _HELD.c])
_OF = _HELD.c.subject.in_(sa.bindparam("people", expanding=True))
_THESE = _HELD.c.item.in_(sa.bindparam("items", expanding=True))
_ALL = sa.select(_HELD).where(_OF).order_by(_HELD.c.subject, _HELD.c.item)
_SOME = _ALL.where(_THESE)
_KEPT_FOR = sa.union_all(
    *(
        sa.select(one.c.subject, one.c.item, one.c.basis, one.c.at, one.c.source).where(
            one.c.purpose == sa.bindparam("purpose")
        )
        for one in (_HELD, _PAPERS)
    )
)
_AT_ONCE = 5_000
_TAKE_PAPERS = (
    sa.delete(_PAPERS)
    .where(
        _PAPERS.c.subject == sa.bindparam("subject"),
        _PAPERS.c.item.in_(sa.bindparam("items", expanding=True)),
    )
    .returning(*_PAPERS.c)
)
_KEYS_USED = sa.union(
    *(
        sa.select(one.c.key).where(one.c.key.in_(sa.bindparam("keys", expanding=True)))
        for one in (_HELD, _PAPERS)
    )
)
_GROUNDS_USED = sa.union(
    *(
        sa.select(one.c.ground).where(one.c.ground.in_(sa.bindparam("ids", expanding=True)))
        for one in (_HELD, _PAPERS)
    )
)
_TAKE = sa.delete(_HELD).where(_OF, _THESE).returning(*_HELD.c)


def holdings(
    db: ReadSession, subject: str, items: Collection[Item] | None = None
) -> Sequence[sa.Row[Any]]:
    """Return the person's holdings by item; of some items only, if told."""
    chosen = _ALL if items is None else _SOME
    told = {"people": [subject], "items": list(items or ())}
    return db.connection().execute(chosen, told).all()


def holdings_of(db: ReadSession, people: Collection[str]) -> Sequence[sa.Row[Any]]:
    """Return the holdings of many, by person and item."""
    return db.connection().execute(_ALL, {"people": list(people)}).all()


def kept_for(db: ReadSession, purpose: Purpose) -> Iterable[Sequence[Any]]:
    """Return whose item is held for a purpose, its basis, time and source, documents too.

    In no order, some thousand at a time.
    """
    by_part = {"yield_per": _AT_ONCE}
    told = {"purpose": purpose.value}
    return db.connection().execute(_KEPT_FOR, told, execution_options=by_part).partitions()


def add(db: Session, row: VaultHolding) -> None:
    """Write a holding."""
    _add_held(db, [tuple(getattr(row, column.name) for column in _HELD.c)])


def take(db: Session, subject: str, items: Collection[Item]) -> Sequence[sa.Row[Any]]:
    """Delete the person's holdings of these items with their blind indexes, and return them."""
    if any(policy.item(item).findable for item in items):
        blind = sa.delete(_BLIND).where(_BLIND.c.subject == subject)
        db.connection().execute(blind.where(_BLIND.c.item.in_(items)))
    told = {"people": [subject], "items": list(items)}
    return db.connection().execute(_TAKE, told).all()


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
    if db.connection().dialect.name == "postgresql":  # elsewhere one writer works at a time
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


def taken(db: Session, item: Item, digests: Collection[str], subject: str) -> bool:
    """Tell whether anybody else is found by one of the digests."""
    found = sa.select(BlindIndex.holding).where(
        BlindIndex.item == item, BlindIndex.digest.in_(digests), BlindIndex.subject != subject
    )
    return db.scalar(found.limit(1)) is not None


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


def take_papers(db: Session, subject: str, items: Collection[Item]) -> Sequence[sa.Row[Any]]:
    """Delete the rows of the person's documents of these items and return them."""
    return db.connection().execute(_TAKE_PAPERS, {"subject": subject, "items": list(items)}).all()


def drop_under(db: Session, keys: Collection[str]) -> tuple[set[str], list[str]]:
    """Delete all that the keys seal, however much; return its grounds and the names of objects."""
    held = sa.select(_HELD.c.id).where(_HELD.c.key.in_(keys))
    say = db.connection().execute
    say(sa.delete(_BLIND).where(_BLIND.c.holding.in_(held)))
    left = set(
        say(sa.delete(_HELD).where(_HELD.c.key.in_(keys)).returning(_HELD.c.ground)).scalars()
    )
    gone = sa.delete(_PAPERS).where(_PAPERS.c.key.in_(keys))
    papers = say(gone.returning(_PAPERS.c.ground, _PAPERS.c.object_name)).all()
    return left | {paper.ground for paper in papers}, [paper.object_name for paper in papers]


def in_use(db: ReadSession, keys: Collection[str]) -> set[str]:
    """Return those of the keys under which any holding or document is sealed."""
    return set(db.connection().execute(_KEYS_USED, {"keys": list(keys)}).scalars())


def grounds_in_use(db: ReadSession, ids: Collection[str]) -> set[str]:
    """Return those of the grounds on which a holding or document rests."""
    if not ids:
        return set()
    return set(db.connection().execute(_GROUNDS_USED, {"ids": list(ids)}).scalars())


def sealed_under(
    db: ReadSession, keys: Collection[str]
) -> tuple[Sequence[VaultHolding], Sequence[SealedDocument]]:
    """Return the holdings and documents that are sealed under the keys."""
    held = db.scalars(sa.select(VaultHolding).where(VaultHolding.key.in_(keys))).all()
    kept = db.scalars(sa.select(SealedDocument).where(SealedDocument.key.in_(keys))).all()
    return held, kept
