"""The vault's SQL: rows in, rows out, nothing decided."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.vault.tables import (
    BlindIndex,
    PurposeSwitch,
    SealedDocument,
    VaultAccess,
    VaultHolding,
)


def holdings(
    db: ReadSession, subject: str, items: Collection[Item] | None = None
) -> Sequence[VaultHolding]:
    """Return the person's holdings by item; of some items only, if told."""
    found = sa.select(VaultHolding).where(VaultHolding.subject == subject)
    if items is not None:
        found = found.where(VaultHolding.item.in_(items))
    return db.scalars(found.order_by(VaultHolding.item)).all()


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


def switched_off(db: ReadSession, subject: str) -> set[Purpose]:
    """Return the purposes that the person has switched off."""
    found = sa.select(PurposeSwitch.purpose).where(PurposeSwitch.subject == subject)
    return {Purpose(purpose) for purpose in db.scalars(found)}


def accesses(db: ReadSession, subject: str) -> Sequence[VaultAccess]:
    """Return the looks at the person, newest first."""
    found = sa.select(VaultAccess).where(VaultAccess.subject == subject)
    return db.scalars(found.order_by(VaultAccess.at.desc(), VaultAccess.id.desc())).all()


def looked_since(db: ReadSession, actor: str, since: datetime, until: datetime) -> list[str]:
    """Return the person behind each look of an actor between two moments."""
    found = sa.select(VaultAccess.subject).where(
        VaultAccess.at >= since, VaultAccess.at < until, VaultAccess.actor == actor
    )
    return list(db.scalars(found))


def drop(db: Session, held: Collection[str], papers: Collection[str] = ()) -> None:
    """Delete holdings, together with their blind indexes (INV-19), and documents' rows."""
    if held:
        db.execute(sa.delete(BlindIndex).where(BlindIndex.holding.in_(held)))
        db.execute(sa.delete(VaultHolding).where(VaultHolding.id.in_(held)))
    if papers:
        db.execute(sa.delete(SealedDocument).where(SealedDocument.id.in_(papers)))


def drop_under(db: Session, keys: Collection[str]) -> list[str]:
    """Delete all that the keys seal, however much, and return the names of its objects."""
    held = sa.select(VaultHolding.id).where(VaultHolding.key.in_(keys))
    db.execute(sa.delete(BlindIndex).where(BlindIndex.holding.in_(held)))
    db.execute(sa.delete(VaultHolding).where(VaultHolding.key.in_(keys)))
    gone = sa.delete(SealedDocument).where(SealedDocument.key.in_(keys))
    return list(db.scalars(gone.returning(SealedDocument.object_name)))


def drop_switches(db: Session, subject: str, purpose: Purpose | None = None) -> None:
    """Switch a purpose on again, or all of them."""
    gone = sa.delete(PurposeSwitch).where(PurposeSwitch.subject == subject)
    db.execute(gone if purpose is None else gone.where(PurposeSwitch.purpose == purpose))


def drop_accesses(db: Session, before: datetime) -> int:
    """Delete accesses from before a moment and return how many."""
    old = db.scalars(sa.select(VaultAccess.id).where(VaultAccess.at < before)).all()
    db.execute(sa.delete(VaultAccess).where(VaultAccess.at < before))
    return len(old)


def in_use(db: ReadSession, keys: Collection[str]) -> set[str]:
    """Return those of the keys under which any holding or document is sealed."""
    held = sa.select(VaultHolding.key).where(VaultHolding.key.in_(keys))
    kept = sa.select(SealedDocument.key).where(SealedDocument.key.in_(keys))
    return set(db.scalars(held.union(kept)))


def sealed_under(
    db: ReadSession, keys: Collection[str]
) -> tuple[Sequence[VaultHolding], Sequence[SealedDocument]]:
    """Return the holdings and documents that are sealed under the keys."""
    held = db.scalars(sa.select(VaultHolding).where(VaultHolding.key.in_(keys))).all()
    kept = db.scalars(sa.select(SealedDocument).where(SealedDocument.key.in_(keys))).all()
    return held, kept
