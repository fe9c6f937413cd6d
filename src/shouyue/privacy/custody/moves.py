"""Into custody and out of it: the one way in, from a live key, and the one way out, to nothing.

A value is sealed anew under a key of the custody chamber, which no ordinary read unwraps; its live
row, index, object and, where nothing else rests on it, its live key go in the same unit of work.
"""

from collections.abc import Sequence

from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.custody import queries, rules
from shouyue.privacy.custody.tables import CustodyValue
from shouyue.privacy.custody.types import Ground, Kept
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Key, Place, Stored
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import evidence
from shouyue.privacy.vault import service as vault

SHELF = "custody"
"""Custody's shelf in the object store."""


@control(
    Clause.C6_1_2_b,
    Clause.C6_3_2,
    says="What law keeps from erasure is sealed anew under a key that no ordinary read can use.",
)
def take(
    db: Session, found: Sequence[tuple[Stored, tuple[Ground, ...]]], *, minor: bool
) -> list[Kept]:
    """Move values into custody and let their live rows, indexes and idle keys go.

    `minor` says that their person is known to be one, and is remembered with each.
    """
    if not found:
        return []
    olds = {key.id: key for key in keys.by_ids(db, sorted({one.key for one, _ in found}))}
    taken = [_take(db, stored, olds[stored.key], (why, minor)) for stored, why in found]
    subject = next(iter(olds.values())).subject
    vault.forget(db, subject, sorted({one.item for one in taken}), Cause.RESTRICTED)
    return taken


def place(row: CustodyValue) -> Place:
    """Return where a value's ciphertext stood when it was first sealed: it is bound to that."""
    return Place(row.place, row.row, row.subject, row.item)


def content(db: ReadSession, row: CustodyValue) -> bytes:
    """Return a value's ciphertext."""
    return db.objects.get(row.object_name) if row.object_name else row.sealed or b""


def put(db: Session, row: CustodyValue, sealed: bytes) -> None:
    """Give a row its ciphertext: a document's goes to the object store."""
    if row.media_type:
        row.object_name = f"{SHELF}/{db.new_id()}"
        db.objects.put(row.object_name, sealed)
    else:
        row.sealed = sealed


def change_grounds(db: Session, row: CustodyValue, grounds: Sequence[Ground]) -> None:
    """Let a value be kept by these grounds from now on; the journal knows them too."""
    queries.set_grounds(db, row.id, grounds)
    _note(db, row)


@control(
    Clause.C6_1_2_b,
    says="When the last ground has ended the value is erased by itself, with a certificate.",
)
def end(db: Session, row: CustodyValue, cause: Cause) -> None:
    """Erase a value in custody; a key that seals nothing more is destroyed with a certificate."""
    facts = {"value": row.id, "item": row.item, "cause": cause.value}
    (key,) = keys.by_ids(db, [row.key])
    ledger.append(db, Fact("custody.ended", key.subject, facts))
    queries.drop(db, row)
    left = queries.under(db, key.id)
    if not left:
        evidence.shredded(db, [key], [keys.destroy(db, key, cause)])
    elif row.item not in {one.item for one in left}:
        db.journal.note(Line(key.id, row.item, cause.value, "", db.clock().isoformat()))


def _take(db: Session, found: Stored, old: Key, why: tuple[tuple[Ground, ...], bool]) -> Kept:
    grounds, minor = why
    item = Item(found.place.item)
    new = keys.key_for(db, old.subject, policy.item(item).retention_class, custody=True)
    row = CustodyValue(
        id=db.new_id(),
        subject=old.subject,
        item=item.value,
        key=new.id,
        origin=old.id,
        place=found.place.table,
        row=found.place.row,
        media_type=found.media_type,
        at=db.clock(),
        minor=minor,
    )
    put(db, row, keys.reseal(db, old, new, found.place, found.sealed))
    db.add(row)
    db.flush()
    queries.set_grounds(db, row.id, grounds)
    _note(db, row)
    kept = queries.kept(db, row)
    facts = {
        "value": row.id,
        "item": row.item,
        "key": row.key,
        "grounds": ",".join(one.ref for one in grounds),
        "until": kept.until.isoformat(),
    }
    ledger.append(db, Fact("custody.restricted", old.subject, facts))
    return kept


def _note(db: Session, row: CustodyValue) -> None:
    # One line for all that came from a key under an item: a later line replaces an earlier one.
    same = queries.came_from(db, [row.origin], row.item)
    grounds = {ground for one in same for ground in queries.grounds(db, one.id)}
    at = max(one.at for one in same).isoformat()
    spelled = rules.spell(grounds, minor=any(one.minor for one in same))
    db.journal.note(Line(row.origin, row.item, Cause.RESTRICTED.value, row.key, at, spelled))
