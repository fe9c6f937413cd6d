"""Custody's verbs: erase what nothing keeps, restrict the rest, read under a warrant, end.

Every erasure of values comes through `erase`, so that none can pass a statute or a hold by.
Clauses: 6.1.2 with its exception (PIPL 47), 5.5, 6.3.2 (INV-14, INV-15).
"""

from collections.abc import Collection
from datetime import datetime

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import grants, papers, permits
from shouyue.privacy.clearance.types import Ask, Member
from shouyue.privacy.custody import moves, queries, rules
from shouyue.privacy.custody.errors import NotInCustody
from shouyue.privacy.custody.tables import CustodyValue
from shouyue.privacy.custody.types import Ground, Kept, Opened, Outcome
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Key, Stored, Warrant
from shouyue.privacy.looks import budget, refused
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.statutes import service as statutes
from shouyue.privacy.vault import documents, evidence, guard, sealing
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.sealed import Sealed
from shouyue.privacy.vault.types import Keep, KeepDocument, Reader

KEPT = "custody.kept"
"""The job that tells a person what stays, why and until when."""

ASKED_AS = rules.NEEDS
"""For which need of staff a grant is asked, by the need of the warrant."""

_SHOWN = 200
_POST = "privacy"
_Found = list[tuple[Stored, tuple[Ground, ...]]]


@control(
    Clause.C6_1_2_a,
    Clause.C6_1_2_b,
    Clause.C6_1_2_c,
    says="What a statute or hold keeps goes into custody, the rest is erased at once.",
)
def erase(
    db: Session,
    subject: SubjectId,
    items: Collection[Item] | None = None,
    event: Anchor | None = None,
    certified: datetime | None = None,
) -> Outcome:
    """Erase items of a person, or everything; what law keeps is restricted instead.

    `event` is what happened to the person, from which a statute's period may run: EXIT where a
    certified company or an account leaves. Where `certified` is given, no statute keeps what came
    after that moment: it never served. The person is told what stays, why and until when.
    """
    wanted = set(Item if items is None else items)
    found = _covered(db, subject, wanted, event, certified)
    # First what goes, so that the journal knows the last of a shared key to be the kept one.
    rest = wanted - {Item(stored.place.item) for stored, _ in found}
    minor = bool(found) and _minor(db, subject)  # what says so may go with the rest
    erased = vault.forget(db, subject, sorted(rest))
    kept = _restrict(db, subject, found, minor=minor)
    if items is None:
        vault.shred(db, subject)
    return Outcome(erased, kept)


@control(
    Clause.C6_1_1,
    Clause.C6_1_2_b,
    says="A correction shows at once; what a hold or statute keeps of before goes into custody.",
)
def keep(db: Session, new: Keep, certified: datetime | None = None) -> str:
    """Keep a value as the vault does, and return the holding's id.

    An earlier value that a hold covers goes into custody first, unless it is the same: the person
    sees the correction (PIPL 46), the hold keeps its evidence (PIPL 47). So does what was held up
    to the moment `certified`, where a statute keeps it; the same value on the same basis stays as
    it was, and has served as long. Raises as `vault.keep`.
    """
    return _set_aside(db, new, new.value.encode(), certified) or vault.keep(db, new)


@control(
    Clause.C6_1_1,
    Clause.C6_1_2_b,
    says="A paper takes the place of the earlier one, which law may keep in custody.",
)
def keep_document(db: Session, new: KeepDocument, certified: datetime | None = None) -> str:
    """Keep a document in place of the earlier ones of its item, and return its id.

    What becomes of those is as for `keep`. Raises as `vault.keep_document`.
    """
    if same := _set_aside(db, new, new.content, certified):
        return same
    vault.forget(db, new.subject, [new.item])
    return documents.keep_document(db, new)


def retire(db: Session, key: Key) -> None:
    """Destroy one key where a whole retention class ends; what a hold covers is kept of it."""
    rules_of = policy.active().items.values()
    items = {rule.id for rule in rules_of if rule.retention_class == key.retention_class}
    found = _covered(db, key.subject, items)
    # An item goes whole, also where a later photo of it has a newer key: nothing held is lost.
    met = {stored.place.item for stored, _ in found if stored.key == key.id}
    due = [one for one in found if one[0].place.item in met]
    _restrict(db, key.subject, due, minor=bool(due) and _minor(db, key.subject))
    vault.retire(db, key)


@control(
    Clause.C6_1_2_b,
    Clause.C5_1_2,
    says="Who would read in custody asks first, naming the value, the need, and what keeps it.",
)
def ask(db: Session, value_id: str, warrant: Warrant, member: Member, hours: int) -> str:
    """Ask for a grant to read one value under a warrant; return its id. Another has to approve.

    Raises NotInCustody, NoWarrant where the ground named does not keep it now, and as
    `clearance.grants.ask_restricted`.
    """
    kept = _kept_by(db, _row(db, value_id), warrant)
    asked = Ask(
        post=_POST,
        purpose=rules.PURPOSES[warrant.need],
        reach={kept.subject: [kept.item]},
        need=rules.NEEDS[warrant.need],
        case=warrant.ground,
        hours=hours,
        minors=_minor(db, kept.subject),
    )
    return grants.ask_restricted(db, member, asked)


@control(
    Clause.C6_1_2_b,
    Clause.C5_1_2,
    says="A read in custody names one of four needs and the statute or hold, for which another "
    "member of staff has approved it; it is reported. Nobody reads who has not signed and learnt.",
)
def read(db: Session, value_id: str, warrant: Warrant, staff_id: str) -> Opened:
    """Return a value, with evidence written first, a line in the person's list, and an alarm.

    Raises NotInCustody, NoWarrant where the ground named does not keep it now, BudgetSpent, NoGrant
    without a live grant of this need and ground; NotSigned, NotTrained, Frozen for who may look at
    nobody.
    """
    row, purpose = _row(db, value_id), rules.PURPOSES[warrant.need]
    what, need = (SubjectId(row.subject), Item(row.item)), rules.NEEDS[warrant.need]
    reader = Reader(
        staff_id, _POST, purpose, Basis.LEGAL_DUTY, case=warrant.ground, reason=warrant.need.value
    )
    with refused.traced(refused.by(reader, what[0], (what[1],))):
        papers.check_fit(db, staff_id)
        kept = _kept_by(db, row, warrant)
        budget.spend(db, reader, kept.subject)
        permit = permits.check_restricted(db, reader, what, need, minor=_minor(db, kept.subject))
    evidence.looked(db, "custody.read", (kept.subject, [kept.item]), reader, permit)
    about = {"kind": "custody.read", "where": "custody", "about": value_id}
    jobs.enqueue(db, "alarm.raised", about)
    sealed = moves.content(db, row)
    plain = keys.unseal_in_custody(db, row.key, moves.place(row), sealed, warrant)
    why = purpose, Basis.LEGAL_DUTY
    return Opened(kept.item, row.media_type, Sealed(plain, kept.subject, kept.item, why=why))


def of(db: ReadSession, subject: SubjectId) -> list[Kept]:
    """Return what is in custody about a person, the newest first."""
    return [queries.kept(db, row) for row in queries.values(db, subject)]


def register(db: ReadSession) -> list[Kept]:
    """Return what is in custody, the newest first, two hundred at most."""
    return [queries.kept(db, row) for row in queries.values(db, most=_SHOWN)]


def count(db: ReadSession) -> tuple[int, int]:
    """Return how many values are in custody, and of how many people."""
    return queries.count(db)


def _covered(
    db: Session,
    subject: SubjectId,
    items: Collection[Item],
    event: Anchor | None = None,
    certified: datetime | None = None,
) -> _Found:
    """Return the ciphertexts that something keeps, each with its grounds."""
    keys.live(db, subject)  # a hold that is confirmed meanwhile waits for this unit, or this for it
    at = db.clock()
    laws = statutes.keeping(at.astimezone(BEIJING).date())
    holds = queries.open_holds(db, subject, at)
    concerned = rules.concerned(items, laws, holds, event)
    if not concerned:
        return []
    stored = sealing.stored(db, subject, concerned)
    served = [(one, laws if certified is None or one.at <= certified else ()) for one in stored]
    found = [(one, rules.grounds(one, its, holds, (event, at))) for one, its in served]
    return [(one, grounds) for one, grounds in found if grounds]


def _set_aside(
    db: Session, new: Keep | KeepDocument, content: bytes, certified: datetime | None
) -> str:
    """Move what something keeps into custody; return the row that served and stays, or nothing."""
    held = queries.open_holds(db, new.subject, db.clock())
    if certified is None and not any(one.covers(new.item) for one in held):
        return ""  # as nearly always; what follows is only for what something could keep
    event = None if certified is None else Anchor.REPLACED
    found, same = [], ""
    for one, why in _covered(db, new.subject, [new.item], event, certified):
        if isinstance(new, KeepDocument) != bool(one.media_type):
            continue
        if keys.unseal(db, one.key, one.place, one.sealed) != content:
            found.append((one, why))
        elif certified is not None and one.basis == new.basis:
            same = one.place.row
    if found:
        # Fixed before the old one goes: a correction is no way to another ground (INV-04).
        grounds.fix(db, new.subject, new.item, new.purpose, new.basis)
        _restrict(db, new.subject, found, minor=_minor(db, new.subject))
    return "" if found else same


def _row(db: Session, value_id: str) -> CustodyValue:
    row = queries.value(db, value_id)
    if row is None:
        raise NotInCustody
    return row


def _kept_by(db: Session, row: CustodyValue, warrant: Warrant) -> Kept:
    kept = queries.kept(db, row)
    rules.check_warrant(kept, warrant, db.clock())
    return kept


def _minor(db: ReadSession, subject: SubjectId) -> bool:
    return guard.is_minor(db, subject) or queries.of_minor(db, subject)


def _restrict(db: Session, subject: SubjectId, found: _Found, *, minor: bool) -> tuple[Kept, ...]:
    kept = tuple(moves.take(db, found, minor=minor))
    if kept:
        jobs.enqueue(db, KEPT, {"subject": subject})
    return kept
