"""The vault's verbs: keep, reveal, mask, find, forget, shred.

Everyone who needs a person's phone, name or document asks here and says why. Clauses: 5.1.1
(sealed at rest), 5.1.2 (nobody reads unseen), 2.0 (only for the declared purpose), 6.1.2 and
6.3.2 (what is erased stays erased, in backups too).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.links.spelled import moments
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.grounds import emergencies
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.grounds.types import End
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Cause, Key
from shouyue.privacy.looks import refused
from shouyue.privacy.looks.service import accesses
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.shapes.forms import normal
from shouyue.privacy.shapes.masks import mask, shows
from shouyue.privacy.vault import evidence, guard, queries, rules, sealing
from shouyue.privacy.vault.documents import discard, documents, keep_document, view_document
from shouyue.privacy.vault.errors import NotFindable, NotHeld
from shouyue.privacy.vault.sealed import Sealed
from shouyue.privacy.vault.types import Held, Holding, Keep, Reader

_CODES = tuple({one.value: one for one in kind} for kind in (Item, Purpose, Basis))

__all__ = [
    "accesses",
    "documents",
    "find",
    "forget",
    "held",
    "held_for",
    "holdings",
    "keep",
    "keep_document",
    "masked",
    "matches",
    "new_subject",
    "reveal",
    "shred",
    "view_document",
]


def new_subject(db: ReadSession) -> SubjectId:
    """Return an id for a person about whom nothing is held yet."""
    return SubjectId(db.new_id())


@control(Clause.C5_1_1, says="Values are sealed under the person's key; nothing is kept in clear.")
def keep(db: Session, new: Keep) -> str:
    """Seal a value in place of the earlier one of this item, and return the holding's id.

    Raises NotAllowed where the policy declares no such purpose or basis for the item, and as
    `grounds.fix` does where what the basis needs is missing.
    """
    rule = policy.item(new.item)
    rules.check_keep(rule, new.purpose, new.basis)
    key = keys.key_for(db, new.subject, rule.retention_class)
    ground = grounds.fix(db, new.subject, new.item, new.purpose, new.basis)
    _replace(db, queries.take(db, new.subject, [new.item]), ground.id)
    row = queries.NewHolding(
        id=db.new_id(),
        subject=new.subject,
        item=new.item.value,
        key=key.id,
        ground=ground.id,
        purpose=new.purpose.value,
        basis=new.basis.value,
        source=new.source,
        at=db.clock(),
    )
    row = row._replace(sealed=sealing.seal(db, row, key, new.value.encode()))
    queries.add(db, row)
    if rule.findable:
        digest = sealing.index(db, rule, new.value, new.subject)
        queries.add_blind(db, row, digest)
    evidence.kept(db, row, ground.under)
    return row.id


@control(
    Clause.C5_1_2,
    Clause.C2_0,
    says="A value is released only for a declared purpose that is on, after the look is logged.",
)
def reveal(
    db: Session, subject: SubjectId, items: Sequence[Item] | None, reader: Reader
) -> dict[Item, Sealed[str]]:
    """Return the values, or without `items` all that are held, with evidence first (INV-02, 03).

    All or nothing: raises NotHeld for an item that is not held, NotAllowed where the reader's
    role, reason or purpose does not reach it, what `guard.admit` raises for staff without a
    grant, and whatever stops the evidence.
    """
    with refused.traced(refused.by(reader, subject, tuple(items or ()))):
        held = _readable(db, subject, items, reader)
        if items is None and not held:
            return {}
        permit = guard.admit(db, reader, subject, list(held))
    evidence.looked(db, "vault.revealed", (subject, list(held)), reader, permit)
    return {item: _sealed(db, row, reader) for item, row in held.items()}


@control(Clause.C5_1_2, says="Even a comparison with a person's value is logged first.")
def matches(db: Session, subject: SubjectId, item: Item, value: str, reader: Reader) -> bool:
    """Tell whether the value is the one that is held, compared in constant time; evidence first.

    Raises as `reveal` does.
    """
    with refused.traced(refused.by(reader, subject, (item,))):
        row = _readable(db, subject, [item], reader)[item]
        permit = guard.admit(db, reader, subject, [item])
    evidence.looked(db, "vault.matched", (subject, [item]), reader, permit)
    kind = policy.item(item).mask
    return tokens.same(normal(kind, _open(db, row)), normal(kind, value))


def masked(db: ReadSession, subject: SubjectId, items: Collection[Item]) -> dict[Item, str]:
    """Return the masks of those items that are held: `138****1234`, `张**`."""
    return {Item(row.item): _mask(db, row) for row in _held(db, subject, items)}


def holdings(db: ReadSession, subject: SubjectId) -> list[Holding]:
    """Return what is held about the person, masked, by item."""
    return [
        Holding(subject, Item(row.item), *_why(row), row.at, row.source, _mask(db, row))
        for row in _held(db, subject)
    ]


def held(db: ReadSession, people: Collection[SubjectId]) -> list[Held]:
    """Return what is held about people, and open nothing for it."""
    rows = queries.whys(db, people)
    return list(_told(rows)) if rows else []


def held_for(db: ReadSession, purpose: Purpose) -> Iterator[Held]:
    """Yield what is held for a purpose, documents too, in no order; more than memory may hold."""
    return chain.from_iterable(map(_told, queries.kept_for(db, purpose)))


def find(db: ReadSession, item: Item, value: str) -> SubjectId | None:
    """Return the person about whom this value is held, the newest if several.

    Raises NotFindable for an item without a blind index.
    """
    rule = policy.item(item)
    if not rule.findable:
        raise NotFindable(item=item.value)
    found = queries.indexed(db, item, sealing.digests(db, rule, value))
    return None if found is None else SubjectId(found)


@control(
    Clause.C6_1_2_a,
    says="An erased item goes with its index and its documents.",
    lacks="Only the rooms that end a purpose erase; no clock finds what else is needed no more.",
)
def forget(
    db: Session, subject: SubjectId, items: Collection[Item], cause: Cause = Cause.ERASED
) -> int:
    """Erase the items and return how many rows went; a key that seals nothing more goes too.

    The custody room alone names another cause: it has taken the values over (PIPL 47).
    """
    theirs = keys.live(db, subject)
    taken = queries.take(db, subject, items)
    papers = queries.take_papers(db, subject, items)
    rows = [*taken, *papers]
    touched, gone = {row.key for row in rows}, sorted({row.item for row in rows})
    for paper in papers:
        db.objects.delete(paper.object_name)
    _let_go(db, {row.ground for row in rows}, End.ERASED)
    evidence.forgotten(db, subject, gone if cause is Cause.ERASED else [])
    unused = touched - queries.in_use(db, touched)
    _destroy(db, [key for key in theirs if key.id in unused], cause)
    ended = touched if cause is Cause.RESTRICTED else unused
    for key, item in sorted({(row.key, row.item) for row in rows if row.key not in ended}):
        db.journal.note(Line(key, item, Cause.ERASED.value, "", db.clock().isoformat()))
    return len(rows)


@control(
    Clause.C6_3_2,
    says="Once the person's keys are destroyed, what they sealed can no longer be read.",
    lacks="No page cancels an account yet, so nobody gets the written statement of what stays.",
)
def shred(db: Session, subject: SubjectId, retention_class: str | None = None) -> list[str]:
    """Destroy the person's live keys, of one retention class or all, with all that they seal.

    Returns the ids of the destroyed keys, for the erasure record that backups replay. Other
    people and other classes are untouched (INV-17). Accesses stay as proof (DI-71).
    """
    theirs = keys.live(db, subject, retention_class, custody=False)
    if retention_class is None:
        grounds.forget_switches(db, subject)
    return _end(db, theirs, Cause.ERASED)


def retire(db: Session, key: Key) -> None:
    """Destroy one key with all that it seals, where a whole retention class ends."""
    theirs = keys.live(db, key.subject, key.retention_class, custody=False)
    _end(db, [one for one in theirs if one == key], Cause.RETIRED)


def _readable(
    db: Session, subject: SubjectId, items: Sequence[Item] | None, reader: Reader
) -> Mapping[Item, queries.HeldRow]:
    rules.check_reader(reader, subject)
    held = {Item(row.item): row for row in _held(db, subject, items)}
    if absent := [item for item in items or () if item not in held]:
        raise NotHeld(item=absent[0].value)
    if reader.basis is Basis.EMERGENCY:
        emergencies.require(db, subject, list(held), reader.actor)
        return held
    off = grounds.switched_off(db, subject)
    bases = policy.purpose(reader.purpose).bases
    for item, row in held.items():
        rules.check_read(policy.item(item), _why(row), off, reader, bases)
    return held


def _told(rows: Sequence[queries.HeldRow]) -> Iterator[Held]:
    who, *coded, at, sources = zip(*rows, strict=True)  # by column: half of the time
    known = (map(names.__getitem__, them) for names, them in zip(_CODES, coded, strict=True))
    return map(Held, who, *known, moments(at), sources)


def _why(row: queries.HeldRow) -> tuple[Purpose, Basis]:
    return Purpose(row.purpose), Basis(row.basis)


def _replace(db: Session, olds: Sequence[queries.HeldRow], ground: str) -> None:
    _let_go(db, {old.ground for old in olds} - {ground}, End.REPLACED)


def _let_go(db: Session, left: Collection[str], why: End) -> None:
    grounds.end(db, set(left) - queries.grounds_in_use(db, left), why)


def _held(
    db: ReadSession, subject: SubjectId, items: Collection[Item] | None = None
) -> Sequence[queries.HeldRow]:
    rows = queries.holdings(db, subject, items)
    if len(rows) > 1:
        keys.by_ids(db, {row.key for row in rows})  # together, not one for each value
    return rows


def _open(db: ReadSession, row: queries.HeldRow) -> str:
    return sealing.unseal(db, row, row.sealed).decode()


def _sealed(db: ReadSession, row: queries.HeldRow, reader: Reader) -> Sealed[str]:
    why = reader.purpose, reader.basis
    return Sealed(_open(db, row), SubjectId(row.subject), Item(row.item), why=why)


def _mask(db: ReadSession, row: queries.HeldRow) -> str:
    kind = policy.item(Item(row.item)).mask
    return mask(kind, _open(db, row) if shows(kind) else "")


def _end(db: Session, theirs: Sequence[Key], cause: Cause) -> list[str]:
    doomed = [key.id for key in theirs]
    if doomed:
        left, names = queries.drop_under(db, doomed)
        discard(db, names)
        _let_go(db, left, End.ERASED)
        _destroy(db, theirs, cause)
    return doomed


def _destroy(db: Session, theirs: Sequence[Key], cause: Cause) -> None:
    if theirs:
        leaves = keys.destroy_all(db, theirs, cause)
        if cause is not Cause.RESTRICTED:
            evidence.shredded(db, theirs, leaves)
