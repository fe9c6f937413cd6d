"""SQL of keys: rows in, rows out, nothing decided."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.asked import Asked, among
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys.tables import (
    DataKey,
    DestroyedKey,
    Founding,
    KeyDestruction,
    RetiredRoot,
    RootVersion,
    SealedPepper,
)
from shouyue.privacy.keys.types import Cause, Destruction, Doomed, Key, Stage, Tombstone, Wrapped

_HELD = "shouyue.keys.held"
"""Where a unit of work holds the rows of keys that it has met, or it would fetch one anew for each
value. What it destroys is taken out; all of it ends with the unit."""

KeyRow = Any
"""A row of `data_key`, by the names of its columns."""

_KEYS = DataKey.metadata.tables[DataKey.__tablename__]
_STONE = ("id", "retention_class", "suite", "custody", "cause", "at", "leaf")
_add_stones = Bulk(DestroyedKey.__table__, _STONE)
_NAMES = [column.name for column in _KEYS.c]
_add_key = Bulk(_KEYS, _NAMES, "ON CONFLICT DO NOTHING RETURNING id")
_by_ids = Asked(sa.select(_KEYS).where(among(_KEYS.c.id, "ids")))
_THEIRS = sa.select(_KEYS).where(_KEYS.c.subject == sa.bindparam("subject")).order_by(_KEYS.c.id)
_locked = Asked(_THEIRS.with_for_update())
_locked_of = Asked(
    _THEIRS.where(_KEYS.c.retention_class == sa.bindparam("retention_class")).with_for_update()
)
_drop = Asked(sa.delete(_KEYS).where(among(_KEYS.c.id, "ids")).returning(_KEYS.c.id))
_ROOTS = RootVersion.metadata.tables[RootVersion.__tablename__]
_root = Asked(sa.select(_ROOTS.c.id).where(_ROOTS.c.id == sa.bindparam("id")))


def key(db: ReadSession, key_id: str) -> KeyRow | None:
    """Return one key."""
    held = _held(db)
    if key_id not in held:
        keys(db, [key_id])
    return held.get(key_id)


def keys(db: ReadSession, ids: Collection[str]) -> Sequence[KeyRow]:
    """Return those of the keys that live, by id; each is fetched once."""
    held = _held(db)
    if missing := [one for one in ids if one not in held]:
        _hold(db, _by_ids(db, ids=missing))
    return [held[one] for one in sorted(ids) if one in held]


def locked(
    db: Session, subject: str, retention_class: str | None, *, custody: bool | None
) -> Sequence[KeyRow]:
    """Return the person's keys, locked until the unit of work ends."""
    if retention_class is None:
        found = _locked(db, subject=subject)
    else:
        found = _locked_of(db, subject=subject, retention_class=retention_class)
    return _hold(db, [row for row in found if custody is None or row.custody is custody])


def _held(db: ReadSession) -> dict[str, KeyRow]:
    found: dict[str, KeyRow] = db.info.setdefault(_HELD, {})
    return found


def _hold(db: ReadSession, rows: Sequence[KeyRow]) -> Sequence[KeyRow]:
    _held(db).update({row.id: row for row in rows})
    return rows


def add_key(db: Session, values: Mapping[str, Any]) -> bool:
    """Insert a key; answer no where another unit of work made the same one first."""
    made = bool(_add_key(db, [tuple(values[name] for name in _NAMES)]))
    if made:
        _hold(db, [SimpleNamespace(**values)])
    return made


def add(db: Session, row: RootVersion) -> bool:
    """Insert a row; answer no where another unit of work made the same one first."""
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:
        return False
    return True


def drop(db: Session, ids: Collection[str]) -> int:
    """Delete keys and return how many there were. SQLite overwrites what it deletes."""
    found = _drop(db, ids=list(ids))
    for row in found:
        _held(db).pop(row.id, None)
    return len(found)


def heir(db: ReadSession, gone: Key, *, custody: bool) -> str:
    """Return the person's newest other key of the class and kind, to which the values moved."""
    found = sa.select(DataKey.id).where(
        DataKey.subject == gone.subject,
        DataKey.retention_class == gone.retention_class,
        DataKey.custody.is_(custody),
        DataKey.id != gone.id,
    )
    newest = found.order_by(DataKey.created_at.desc(), DataKey.id.desc()).limit(1)
    return db.scalar(newest) or ""


def add_tombstones(db: Session, stones: Sequence[Tombstone]) -> None:
    """Write down what is left of keys."""
    _add_stones(
        db,
        [
            (
                stone.key,
                stone.retention_class,
                stone.suite.value,
                stone.custody,
                stone.cause.value,
                stone.at,
                stone.leaf,
            )
            for stone in stones
        ],
    )


def tombstones(db: ReadSession, since: datetime) -> list[Tombstone]:
    """Return what is left of keys destroyed since a moment, in the order of time."""
    found = sa.select(DestroyedKey).where(DestroyedKey.at >= since)
    rows = db.scalars(found.order_by(DestroyedKey.at, DestroyedKey.id))
    return [_tombstone(row) for row in rows]


def latest_tombstones(db: ReadSession, most: int) -> list[Tombstone]:
    """Return what is left of the keys destroyed last, the newest first."""
    found = sa.select(DestroyedKey).order_by(DestroyedKey.at.desc(), DestroyedKey.id.desc())
    return [_tombstone(row) for row in db.scalars(found.limit(most))]


def _tombstone(row: DestroyedKey) -> Tombstone:
    return Tombstone(
        row.id,
        row.retention_class,
        Suite(row.suite),
        row.custody,
        Cause(row.cause),
        row.at,
        row.leaf,
    )


def count_destroyed(db: ReadSession) -> int:
    """Return how many keys were ever destroyed."""
    return db.scalar(sa.select(sa.func.count()).select_from(DestroyedKey)) or 0


def keys_by_suite(db: ReadSession) -> dict[str, int]:
    """Return how many keys there are of each suite."""
    found = sa.select(DataKey.suite, sa.func.count().label("keys")).group_by(DataKey.suite)
    return {row.suite: row.keys for row in db.execute(found)}


def destroyed(db: ReadSession, key_id: str) -> DestroyedKey | None:
    """Return what is left of a destroyed key."""
    return db.get(DestroyedKey, key_id)


def value(row: DataKey | KeyRow) -> Key:
    """Return a key as a value."""
    return Key(row.id, SubjectId(row.subject), row.retention_class, Suite(row.suite), row.custody)


def roots(db: ReadSession) -> Sequence[RootVersion]:
    """Return the roots that keys may rest on, by chamber, oldest first."""
    found = sa.select(RootVersion).order_by(RootVersion.chamber, RootVersion.place)
    return db.scalars(found).all()


def has_root(db: ReadSession, root_id: str) -> bool:
    """Tell whether keys may rest on the root."""
    return bool(_root(db, id=root_id))


def retired(db: ReadSession, root_id: str) -> RetiredRoot | None:
    """Return what is left of a root."""
    return db.get(RetiredRoot, root_id)


def drop_root(db: Session, root_id: str) -> None:
    """Delete a root; fails where a key rests on it."""
    db.delete(db.get_one(RootVersion, root_id))
    db.flush()


def newest(db: ReadSession) -> set[str]:
    """Return the ids of the newest root of each chamber."""
    return set({row.chamber: row.id for row in roots(db)}.values())


def keys_by_root(db: ReadSession) -> dict[str, int]:
    """Return how many keys, the pepper among them, rest on each root."""
    counts: Counter[str] = Counter()
    for held in (DataKey.root, SealedPepper.root):
        for root, count in db.execute(sa.select(held, sa.func.count()).group_by(held)):
            counts[root] += count
    return dict(counts)


def behind(db: ReadSession, newest: Collection[str], after: str, most: int) -> Sequence[DataKey]:
    """Return keys, by id, that rest on another root than the newest."""
    found = sa.select(DataKey).where(DataKey.root.not_in(newest), DataKey.id > after)
    return db.scalars(found.order_by(DataKey.id).limit(most)).all()


def in_other_suites(
    db: ReadSession, suite: Suite, after: str, *, custody: bool, most: int
) -> Sequence[DataKey]:
    """Return keys, by id, of one kind and of any suite but this."""
    kind = DataKey.custody.is_(custody)
    found = sa.select(DataKey).where(kind, DataKey.suite != suite, DataKey.id > after)
    return db.scalars(found.order_by(DataKey.id).limit(most)).all()


def replace(db: Session, key: Wrapped, fresh: bytes, root: str) -> None:
    """Put a newly wrapped key in place of the very one that it came from."""
    if key.id:
        old = sa.and_(DataKey.id == key.id, DataKey.wrapped == key.wrapped)
        db.execute(sa.update(DataKey).where(old).values(wrapped=fresh, root=root))
    else:
        db.execute(sa.update(SealedPepper).values(wrapped=fresh, root=root))


def founding(db: ReadSession) -> Founding | None:
    """Return the row of the founding."""
    return db.get(Founding, 1)


def pepper(db: ReadSession) -> SealedPepper | None:
    """Return the row of the pepper."""
    return db.get(SealedPepper, 1)


def destruction(db: ReadSession, destruction_id: str) -> KeyDestruction | None:
    """Return a request, locked until the unit of work ends."""
    found = sa.select(KeyDestruction).where(KeyDestruction.id == destruction_id)
    locked = found.with_for_update() if isinstance(db, Session) else found
    return db.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def open_destruction(db: ReadSession, doomed: Doomed, target: str) -> bool:
    """Tell whether a request for the same waits or is under way."""
    found = sa.select(KeyDestruction.id).where(
        KeyDestruction.doomed == doomed,
        KeyDestruction.target == target,
        KeyDestruction.stage.in_([Stage.ASKED, Stage.APPROVED]),
    )
    return db.scalar(found) is not None


def destructions(db: ReadSession, most: int) -> list[Destruction]:
    """Return the last requests, the newest first."""
    found = sa.select(KeyDestruction).order_by(
        KeyDestruction.asked_at.desc(), KeyDestruction.id.desc()
    )
    return [destruction_value(row) for row in db.scalars(found.limit(most))]


def waiting_destructions(db: ReadSession, staff_id: str) -> int:
    """Return how many requests wait for an answer that this member of staff may give."""
    found = sa.select(sa.func.count()).where(
        KeyDestruction.stage == Stage.ASKED, KeyDestruction.asked_by != staff_id
    )
    return db.scalar(found) or 0


def destruction_value(row: KeyDestruction) -> Destruction:
    """Return a request as a value."""
    return Destruction(
        row.id,
        Doomed(row.doomed),
        row.target,
        Stage(row.stage),
        row.asked_by,
        row.asked_at,
        row.answered_by or "",
        row.answered_at,
        row.done_at,
    )


def keys_of_class(
    db: ReadSession, retention_class: str, until: datetime, after: str, most: int = 20
) -> Sequence[DataKey]:
    """Return live keys of a class, by id, that were made until a moment; none in custody."""
    found = sa.select(DataKey).where(
        DataKey.retention_class == retention_class,
        DataKey.custody.is_(False),
        DataKey.created_at <= until,
        DataKey.id > after,
    )
    return db.scalars(found.order_by(DataKey.id).limit(most)).all()
