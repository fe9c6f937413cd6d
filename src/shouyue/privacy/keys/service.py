"""The verbs of keys: one key per person and retention class, used for one act, and destroyed.

The vault asks for a key by owner and class and seals with it by place; no plain key leaves this
room. A key in custody is wrapped under a root of its own, so that no ordinary read can open it,
whatever the code above gets wrong. Clauses: 5.1.1, 6.3.2.
"""

from collections.abc import Collection, Sequence

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys import queries, roots, rules
from shouyue.privacy.keys.errors import InCustody, KeyDestroyed, SealBroken
from shouyue.privacy.keys.types import MOVED, Cause, Key, Place, Tombstone, Warrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control


@control(Clause.C5_1_1, says="Each person has a key of their own for each retention class.")
def key_for(db: Session, subject: SubjectId, retention_class: str, *, custody: bool = False) -> Key:
    """Return the person's key of the class in the suite in force, made if there is none.

    Raises KeyUnavailable where the root cannot wrap it.
    """
    found = _in_force(db, subject, retention_class, custody=custody)
    if found:
        return found
    key = Key(db.new_id(), subject, retention_class, db.keys.suite, custody)
    if queries.add_key(db, _values(db, key)):
        return key
    # Another unit of work made the same key first; the index lets one live.
    found = _in_force(db, subject, retention_class, custody=custody)
    if found is None:
        raise NotAuthentic
    return found


def seal(db: Session, key: Key, place: Place, plain: bytes) -> bytes:
    """Return the bytes sealed for their place; the ciphertext names its suite and its key."""
    data_key = _unwrapped(db, _row_of(db, key.id))
    return rules.headed(key, db.keys.seal(key.suite, data_key, plain, rules.bond(key, place)))


def unseal(db: ReadSession, key_id: str, place: Place, sealed: bytes) -> bytes:
    """Return the plain bytes of a place.

    Raises InCustody, KeyDestroyed, KeyUnavailable, and SealBroken for what was moved, cut or
    changed.
    """
    row = _row_of(db, key_id)
    if row.custody:
        raise InCustody
    return _opened(db, row, place, sealed)


@control(Clause.C5_1_1, says="What is kept in custody opens under a warrant, and leaves evidence.")
def unseal_in_custody(
    db: Session, key_id: str, place: Place, sealed: bytes, warrant: Warrant
) -> bytes:
    """Return the plain bytes of a place whose key is in custody, with evidence written first.

    Raises as `unseal`, InCustody for a warrant without a ground, and NotOpaque for one that could
    tell of a person.
    """
    if not warrant.ground:
        raise InCustody
    row = _row_of(db, key_id)
    facts = {"key": key_id, "need": warrant.need.value, "ground": warrant.ground}
    ledger.append(db, Fact("keys.opened-in-custody", SubjectId(row.subject), facts))
    return _opened(db, row, place, sealed)


def reseal(db: Session, old: Key, new: Key, place: Place, sealed: bytes) -> bytes:
    """Return a ciphertext moved from one key of a person to another, custody to custody.

    The plain bytes do not leave this room. Raises as `unseal`, and InCustody where a value would
    come out of custody this way.
    """
    if old.custody and not new.custody:
        raise InCustody
    return seal(db, new, place, _opened(db, _row_of(db, old.id), place, sealed))


def resuited(db: Session, old: Key, new: Key, place: Place, sealed: bytes) -> bytes | None:
    """Return a ciphertext as `reseal` does, or None and an alarm where it does not open.

    What is damaged stays as it is, under its key, for a backup to mend; it holds nothing else up.
    """
    try:
        return reseal(db, old, new, place, sealed)
    except SealBroken as no:
        args = {"kind": no.code, "where": place.table, "about": place.row}
        jobs.enqueue(db, "alarm.raised", args)
        return None


def in_other_suites(
    db: ReadSession, after: str = "", *, custody: bool = False, most: int = 20
) -> list[Key]:
    """Return the next keys, by id, live or in custody, that are not of the suite in force."""
    rows = queries.in_other_suites(db, db.keys.suite, after, custody=custody, most=most)
    return [queries.value(row) for row in rows]


def by_ids(db: ReadSession, ids: Collection[str]) -> list[Key]:
    """Return those of the keys that live, by id. The unit of work has them at hand from now on."""
    return [queries.value(row) for row in queries.keys(db, ids)]


def live(
    db: Session,
    subject: SubjectId,
    retention_class: str | None = None,
    *,
    custody: bool | None = None,
) -> list[Key]:
    """Return the person's keys, of one class and one kind or all, locked for this unit."""
    rows = queries.locked(db, subject, retention_class, custody=custody)
    return [queries.value(row) for row in rows]


@control(
    Clause.C6_3_2, says="A destroyed key leaves a proof that names the key and not the person."
)
def destroy(db: Session, key: Key, cause: Cause) -> str:
    """Destroy a key and return the ledger leaf of its certificate.

    Nothing that it sealed opens again here. A backup still has the wrapped key: the erasure
    journal, written before this unit commits, ends it again after a restore (INV-18), and the
    retirement of its root ends it everywhere (INV-16). The caller has dropped the rows that it
    sealed in this unit of work; a foreign key stops who has not.
    """
    return destroy_all(db, [key], cause)[0]


def destroy_all(db: Session, doomed: Sequence[Key], cause: Cause) -> list[str]:
    """Destroy keys at once, each as `destroy` does, and return their leaves in the same order.

    All or nothing: raises KeyDestroyed where one of them is gone already.
    """
    if queries.drop(db, [key.id for key in doomed]) != len(doomed):
        raise KeyDestroyed
    leaves = ledger.append_all(db, [_end_of(key, cause) for key in doomed])
    stones = []
    for key, leaf in zip(doomed, leaves, strict=True):
        at = db.clock()
        to_custody = key.custody or cause is Cause.RESTRICTED
        heir = queries.heir(db, key, custody=to_custody) if cause in MOVED else ""
        db.journal.note(Line(key.id, "", cause.value, heir, at.isoformat()))
        kind = key.retention_class, key.suite, key.custody
        stones.append(Tombstone(key.id, *kind, cause, at, leaf))
    queries.add_tombstones(db, stones)
    return leaves


def _end_of(key: Key, cause: Cause) -> Fact:
    facts: dict[str, str | int] = {
        "key": key.id,
        "class": key.retention_class,
        "suite": key.suite.value,
        "custody": int(key.custody),
        "cause": cause.value,
    }
    return Fact("keys.destroyed", None, facts)


def _in_force(
    db: Session, subject: SubjectId, retention_class: str, *, custody: bool
) -> Key | None:
    rows = queries.locked(db, subject, retention_class, custody=custody)
    return next((queries.value(row) for row in rows if row.suite == db.keys.suite), None)


def _values(db: Session, key: Key) -> dict[str, object]:
    chamber = rules.chamber(key.custody)
    wrapped = db.keys.new_key(chamber, rules.key_bond(key))
    return {
        "id": key.id,
        "subject": key.subject,
        "retention_class": key.retention_class,
        "suite": key.suite.value,
        "custody": key.custody,
        "wrapped": wrapped,
        "root": roots.of_wrapped(db, chamber, wrapped),
        "created_at": db.clock(),
    }


def _row_of(db: ReadSession, key_id: str) -> queries.KeyRow:
    row = queries.key(db, key_id)
    if row is None:
        if queries.destroyed(db, key_id):
            raise KeyDestroyed
        raise SealBroken(table="data-key", row=key_id)
    return row


def _unwrapped(db: ReadSession, row: queries.KeyRow) -> bytes:
    key = queries.value(row)
    return db.keys.unwrap(rules.chamber(key.custody), row.wrapped, rules.key_bond(key))


def _opened(db: ReadSession, row: queries.KeyRow, place: Place, sealed: bytes) -> bytes:
    key = queries.value(row)
    try:
        body = rules.body(key, sealed)
        return suites.unseal(key.suite, _unwrapped(db, row), body, rules.bond(key, place))
    except NotAuthentic:
        raise SealBroken(table=place.table, row=place.row) from None
