"""Certification as the applicant goes through it, and the question whether somebody is certified.

The people named are asked in `named`, staff decide in the room above. Clauses 2.1.2.a to 2.1.2.c,
2.5, 5.2, 7; INV-06, 35, 36, 43.
"""

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.onboarding import casework, checks, forms, named, queries, rules
from shouyue.platform.onboarding.errors import (
    AuthorityMissing,
    Incomplete,
    Locked,
    NoCase,
    NotCertified,
    NotTold,
)
from shouyue.platform.onboarding.tables import CaseRow
from shouyue.platform.onboarding.types import CaseState, Progress, Reason, Submission
from shouyue.platform.papers import checks as rulings
from shouyue.platform.papers import required
from shouyue.platform.papers.types import Enterprise, Filled, LegalPerson, Same
from shouyue.privacy.consent import offers, renditions
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState, Control, Kind, Notice
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Sensitive
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault


def authority(lang: Lang) -> str:
    """Return the words about the others' consent that the applicant confirms (2.1.2.c)."""
    return rules.authority(lang)


def notices(db: ReadSession, lang: Lang) -> tuple[Notice, Notice]:
    """Return the notice on ordinary items and the one on sensitive items, each with its token."""
    sensitive = tuple(item for item in required.ITEMS if _sensitive(item))
    plain = tuple(item for item in required.ITEMS if not _sensitive(item))
    return (
        consents.show(db, offers.certification(lang, plain)),
        consents.show(db, offers.certification(lang, sensitive)),
    )


@control(
    Clause.C2_1_2_a,
    Clause.C0_4,
    says="No certification begins before its notice was shown, whose digest is on record.",
)
def draft(db: Session, applicant: SubjectId, token: str) -> str:
    """Begin a certification, or go on with the one begun; return its id.

    `token` is that of a notice from `notices`. Raises NotTold, Locked where one is under way or
    certified, and the refusals of `consent.check`.
    """
    going = queries.live(db, applicant)
    if going is not None:
        _editable(going)
        return going.id
    offer = consents.check(db, token)
    if offer.kind != Kind.CERTIFICATION:
        raise NotTold
    row = CaseRow(
        id=db.new_id(),
        applicant=applicant,
        live=applicant,
        enterprise=vault.new_subject(db),
        state=CaseState.DRAFT.value,
        told=renditions.render(offer).digest,
        made_at=db.clock(),
        touched_at=db.clock(),
    )
    db.add(row)
    ledger.append(db, Fact("onboarding.begun", applicant, {"case": row.id, "told": row.told}))
    db.flush()
    return row.id


@control(
    Clause.C2_1_2_a,
    Clause.C5_2,
    Clause.C6_1_1,
    says="Only the listed items go in, straight into the vault, and never after submission.",
)
def save_step(db: Session, applicant: SubjectId, form: Filled) -> None:
    """Keep one step of the wizard. Raises NoCase, Locked (INV-43), FieldWrong, Incomplete."""
    row = casework.of(db, applicant)
    _editable(row)
    if isinstance(form, Enterprise):
        forms.enterprise(db, row, form)
    elif isinstance(form, LegalPerson):
        forms.legal_person(db, row, form)
    else:
        forms.administrator(db, row, form)
    row.touched_at = db.clock()
    db.flush()


def progress(db: ReadSession, applicant: SubjectId) -> Progress | None:
    """Return how far a person's certification is, masked; None where there never was one."""
    row = queries.latest(db, applicant)
    if row is None:
        return None
    parties = queries.parties(db, row.id)
    masks: dict[Item, str] = dict(vault.masked(db, SubjectId(row.enterprise), required.ITEMS))
    photos = {paper.item for paper in documents.documents(db, SubjectId(row.enterprise))}
    for role, party in parties.items():
        subject, items = SubjectId(party.subject), required.ROLES[role]
        masks |= vault.masked(db, subject, items)
        photos |= {paper.item for paper in documents.documents(db, subject)} & set(items)
    reasons = [found.reasons for found in queries.decisions(db, row.id) if found.reasons]
    return Progress(
        id=row.id,
        state=CaseState(row.state),
        done=required.done({*masks, *photos}),
        masks=masks,
        photos=frozenset(photos),
        same={role: Same(party.same) for role, party in parties.items()},
        confirmations=confirmations.of_case(db, row.id),
        reasons={item: Reason(code) for item, code in (reasons[-1] if reasons else {}).items()},
        events=queries.events(db, row.id),
        decided_at=row.decided_at,
    )


@control(
    Clause.C2_1_2_c,
    Clause.C2_5,
    Clause.C2_1_2_a,
    says="Submission needs a separate yes to sensitive items and a word on the others' consent.",
)
def submit(db: Session, applicant: SubjectId, given: Submission) -> CaseState:
    """Hand a complete case in: checks run, the people named are asked; return where it stands.

    Raises Incomplete, AuthorityMissing, NotTold and the refusals of `consent.give`.
    """
    row = casework.of(db, applicant)
    _editable(row)
    seen = progress(db, applicant)
    if seen is None or len(seen.done) < len(required.STEPS):
        raise Incomplete
    if not given.authorised:
        raise AuthorityMissing
    _agree(db, applicant, given)
    row.authority = tokens.fingerprint(rules.authority(given.lang))
    casework.move(db, row, CaseState.SUBMITTED, "submitted", applicant)
    row.submitted_at, row.decided_at = db.clock(), None
    facts = {"case": row.id, "words": row.authority}
    ledger.append(db, Fact("onboarding.authority", applicant, facts))
    casework.tell(db, row, "certification_submitted")
    _check(db, row)
    return CaseState(row.state)


def discard(db: Session, applicant: SubjectId) -> None:
    """Erase a draft that was never handed in, at once. Raises NoCase, Locked."""
    row = casework.of(db, applicant)
    if row.state != CaseState.DRAFT:
        raise Locked
    drop(db, row)


def drop(db: Session, row: CaseRow) -> None:
    """Erase a draft with its values; the ledger keeps that it was."""
    ledger.append(db, Fact("onboarding.dropped", SubjectId(row.applicant), {"case": row.id}))
    casework.drop(db, row)


@control(
    Clause.C2_1_2_b,
    says="What needs certification stays shut without it, and nothing else does.",
)
def require_certified(db: ReadSession, subject: SubjectId) -> None:
    """Return if the person's company is certified; raise NotCertified otherwise."""
    certified_enterprise(db, subject)


def certified_enterprise(db: ReadSession, subject: SubjectId) -> SubjectId:
    """Return the subject of the certified company that a person acts for; raise NotCertified."""
    row = queries.live(db, subject)
    if row is None or row.state not in rules.CERTIFIED:
        raise NotCertified
    return SubjectId(row.enterprise)


def state(db: ReadSession, applicant: SubjectId) -> CaseState:
    """Return where a person's certification stands; raise NoCase where there never was one."""
    row = queries.latest(db, applicant)
    if row is None:
        raise NoCase
    return CaseState(row.state)


def _editable(row: CaseRow) -> None:
    if row.state not in rules.EDITABLE:
        raise Locked


def _sensitive(item: Item) -> bool:
    return policy.item(item).sensitive is not Sensitive.NO


def _agree(db: Session, applicant: SubjectId, given: Submission) -> None:
    again = consents.state(db, applicant, Purpose.P2) is ConsentState.GIVEN
    if again and not given.told:
        return
    offered = [consents.check(db, token) for token in given.told]
    covered = {item for offer in offered for item in offer.items}
    apart = all(len({_sensitive(item) for item in offer.items}) == 1 for offer in offered)
    certification = all(offer.kind == Kind.CERTIFICATION for offer in offered)
    if covered != set(required.ITEMS) or not (apart and certification):
        raise NotTold
    if given.control is not Control.UNTICKED_BOX:
        raise NotTold
    for token in given.told:
        consents.give(db, applicant, token, control=given.control)


def _check(db: Session, row: CaseRow) -> None:
    casework.move(db, row, CaseState.AUTO_CHECK, "received")
    found = checks.run(db, row)
    if code := rulings.failed(found):
        casework.send_back(db, row, {rulings.CHECKED[code]: Reason.FAILED_CHECK})
        return
    casework.move(db, row, CaseState.SUBJECT_CONFIRM, "checked")
    named.ask(db, row)
