"""What the steps of the wizard put into the vault: checked first, then sealed, never half.

Until the people named have answered, their values rest on the duty to verify who applies (ECL 27,
AFL 21; policy 2.1.2.a) and are read for nothing but the checks and their own confirmation. Their
yes then carries the values in place of the duty (D4), so that taking it back stops every use.
"""

from collections.abc import Mapping
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.confirmations import service as confirmations
from shouyue.platform.onboarding import casework, queries
from shouyue.platform.onboarding.errors import Incomplete
from shouyue.platform.onboarding.tables import CaseRow, PartyRow
from shouyue.platform.papers import company, identity, photos, required
from shouyue.platform.papers.company import Licence
from shouyue.platform.papers.errors import FieldWrong
from shouyue.platform.papers.types import Administrator, Enterprise, LegalPerson, Role, Same
from shouyue.privacy.custody import service as custody
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import documents
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep, KeepDocument

SOURCE = "portal.onboarding"
CODE = "onboarding:credit-code"
_Plain = Mapping[Item, str]
_Photos = Mapping[Item, bytes]
_Moment = datetime | None


def enterprise(db: Session, row: CaseRow, form: Enterprise) -> None:
    """Keep licence and address under the enterprise's own subject; raise FieldWrong."""
    licence = Licence(
        company.title(form.title),
        company.code(form.code),
        company.scope(form.scope),
        identity.term(form.term, db.clock()),
        identity.person(form.legal_person),
    )
    place, subject = company.place(form.place), SubjectId(row.enterprise)
    sent, certified = (
        _photos(db, subject, {Item.DI_10: form.photo}),
        queries.certified_at(db, row.id),
    )
    values = {Item.DI_11: licence.spell(), Item.DI_12: place}
    _keep(db, subject, values, Basis.LEGAL_DUTY, certified)
    _keep_photos(db, subject, sent, Basis.LEGAL_DUTY, certified)
    row.code_mac = db.keys.mac(CODE, licence.code.encode()).hex()


def legal_person(db: Session, row: CaseRow, form: LegalPerson) -> None:
    """Keep the legal representative's values; raise FieldWrong, for a minor before anything."""
    values = {
        Item.DI_13: identity.person(form.person),
        Item.DI_14: identity.adult(form.number, db.clock()),
        Item.DI_15: identity.term(form.term, db.clock()).spell(),
    }
    party, basis = _seat(db, row, Role.LEGAL, form.same, values)
    subject = SubjectId(party.subject)
    sent = _photos(db, subject, {Item.DI_16: form.front, Item.DI_17: form.back})
    _keep(db, subject, values, basis)
    _keep_photos(db, subject, sent, basis)


def administrator(db: Session, row: CaseRow, form: Administrator) -> None:
    """Keep the administrator's values; raise FieldWrong, Incomplete before the legal step."""
    contacts = {Item.DI_20: identity.mobile(form.mobile), Item.DI_21: identity.mail(form.mail)}
    named = _as_legal(db, row) if form.same is Same.LEGAL else _as_typed(db, form)
    values = {Item.DI_18: named[0], Item.DI_19: named[1], **contacts}
    party, basis = _seat(db, row, Role.ADMIN, form.same, values)
    _keep(db, SubjectId(party.subject), values, basis)


@control(
    Clause.C2_1_2_c,
    Clause.C6_2_1,
    says="Once a person has agreed, their values rest on that yes and on nothing else.",
)
def rest_on_consent(db: Session, party: PartyRow) -> None:
    """Put a person's own yes in place of the duty under values and photos of their role."""
    subject, items = SubjectId(party.subject), required.ROLES[Role(party.role)]
    reader = casework.reader(party.case, "own-consent")
    values = [item for item in items if item not in required.PHOTOS]
    held = vault.reveal(db, subject, values, reader)
    plain = {item: value.open(Sink.OWN_CONSENT) for item, value in held.items()}
    _keep(db, subject, plain, Basis.SEPARATE_CONSENT)
    pictures = {
        paper.item: documents.view_document(db, paper.id, reader)[1].open(Sink.OWN_CONSENT)
        for paper in documents.documents(db, subject)
        if paper.item in items
    }
    _keep_photos(db, subject, pictures, Basis.SEPARATE_CONSENT)


def _as_typed(db: Session, form: Administrator) -> tuple[str, str]:
    return identity.person(form.person), identity.adult(form.number, db.clock())


def _as_legal(db: Session, row: CaseRow) -> tuple[str, str]:
    party = queries.parties(db, row.id).get(Role.LEGAL)
    if party is None:
        raise Incomplete
    items = required.IDENTITY[Role.LEGAL]
    reader = casework.reader(row.id, "same-person")
    held = vault.reveal(db, SubjectId(party.subject), items, reader)
    return held[items[0]].open(Sink.SAME_PERSON), held[items[1]].open(Sink.SAME_PERSON)


def _seat(
    db: Session, row: CaseRow, role: Role, same: Same, values: _Plain
) -> tuple[PartyRow, Basis]:
    """Return who holds the role, the same person as before if name and number are the same."""
    parties = queries.parties(db, row.id)
    seated = parties.get(role)
    if seated is not None:
        if seated.same == same and _unchanged(db, seated, values) and _in_place(parties, seated):
            return seated, _basis(db, seated)
        casework.let_go(db, seated)
        confirmations.drop(db, row.id, role)
        db.delete(seated)
        db.flush()
    subject = _whose(db, row, same)
    party = PartyRow(case=row.id, role=role.value, subject=subject, same=same.value)
    db.add(party)
    db.flush()
    casework.let_go(db, party)  # an earlier case's values make way: they rest on another yes
    if role is Role.LEGAL and (admin := parties.get(Role.ADMIN)) and admin.same == Same.LEGAL:
        _unseat(db, admin)
    return party, Basis.LEGAL_DUTY


def _unseat(db: Session, admin: PartyRow) -> None:
    # The administrator was the former legal representative: that step is open again.
    casework.let_go(db, admin)
    confirmations.drop(db, admin.case, Role.ADMIN)
    db.delete(admin)
    db.flush()


def _in_place(parties: Mapping[Role, PartyRow], seated: PartyRow) -> bool:
    return seated.same != Same.LEGAL or seated.subject == parties[Role.LEGAL].subject


def _whose(db: Session, row: CaseRow, same: Same) -> SubjectId:
    if same is Same.APPLICANT:
        return SubjectId(row.applicant)
    if same is Same.LEGAL:
        return SubjectId(queries.parties(db, row.id)[Role.LEGAL].subject)
    return vault.new_subject(db)


def _unchanged(db: Session, seated: PartyRow, values: Mapping[Item, str]) -> bool:
    subject, reader = SubjectId(seated.subject), casework.reader(seated.case, "same-person")
    held = vault.masked(db, subject, required.IDENTITY[Role(seated.role)])
    return all(
        item in held and vault.matches(db, subject, item, values[item], reader)
        for item in required.IDENTITY[Role(seated.role)]
    )


def _basis(db: Session, party: PartyRow) -> Basis:
    agreed = confirmations.agreed(db, party.case, Role(party.role))
    return Basis.SEPARATE_CONSENT if agreed else Basis.LEGAL_DUTY


def _keep(
    db: Session, subject: SubjectId, values: _Plain, basis: Basis, certified: _Moment = None
) -> None:
    for item, value in values.items():
        custody.keep(db, Keep(subject, item, value, Purpose.P2, basis, SOURCE), certified)


def _photos(db: Session, subject: SubjectId, sent: _Photos) -> dict[Item, bytes]:
    held = {paper.item for paper in documents.documents(db, subject)}
    for item, content in sent.items():
        if not content and item not in held:
            raise FieldWrong(cause="photo-missing", item=item.value)
    return {item: photos.clean(content) for item, content in sent.items() if content}


def _keep_photos(
    db: Session, subject: SubjectId, clean: _Photos, basis: Basis, certified: _Moment = None
) -> None:
    for item, content in clean.items():
        new = KeepDocument(subject, item, content, photos.MEDIA_TYPE, Purpose.P2, basis, SOURCE)
        custody.keep_document(db, new, certified)
