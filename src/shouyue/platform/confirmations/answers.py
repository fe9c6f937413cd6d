"""The people named answer: a notice of their own, an identity step, a yes or a no.

What an answer does to the case is the case's matter: the room above asks here and acts in the
same transaction. Clauses 2.1.2.c, 2.5; PIPL 14, 17, 29; INV-09, INV-35.
"""

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import Lang, SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts.types import Tried
from shouyue.platform.confirmations import links, queries, rules
from shouyue.platform.confirmations.errors import IdentityWrong, LinkOver, NotTold
from shouyue.platform.confirmations.tables import ConfirmationRow
from shouyue.platform.confirmations.types import Answer, Asked, Given, Identity
from shouyue.platform.papers import identity, required
from shouyue.platform.papers.company import Licence
from shouyue.platform.papers.types import Role
from shouyue.privacy.consent import offers
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import Control, Kind
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import SYSTEM as HOUSE
from shouyue.privacy.vault.types import Reader


def waiting(db: ReadSession, token: str) -> Role:
    """Return which role a working link asks about; raise LinkOver. Opening it takes an act."""
    return Role(links.opened(db, token).role)


@control(
    Clause.C2_1_2_c,
    says="Each person named is shown a notice made for them before anything is asked.",
)
def open_confirmation(db: Session, token: str, lang: Lang) -> Asked:
    """Return the person's own notice, with the company that named them; raise LinkOver.

    That it was opened is evidence of delivery; opening does not use the link up.
    """
    word = links.opened(db, token)
    role, enterprise = Role(word.role), SubjectId(word.enterprise)
    notice = consents.show(db, offers.subject(lang, role.value))
    if word.opened_at is None:
        word.opened_at = db.clock()
        facts = {"case": word.case, "role": role.value, "notice": notice.digest}
        ledger.append(db, Fact("confirmations.opened", SubjectId(word.subject), facts))
    reader = _reader(word, "name-to-person")
    found = vault.reveal(db, enterprise, [Item.DI_11], reader)
    licence = found[Item.DI_11].open(Sink.COMPANY_NAME)
    db.flush()
    return Asked(role, Licence.read(licence).title, notice, word.due, rules.TRIES - word.tries)


def reopen(db: ReadSession, token: str, lang: Lang) -> Asked:
    """Return what `open_confirmation` returns, the company masked: after a slip on the form."""
    word = links.opened(db, token)
    role = Role(word.role)
    notice = consents.show(db, offers.subject(lang, role.value))
    masks = vault.masked(db, SubjectId(word.enterprise), [Item.DI_11])
    return Asked(role, masks.get(Item.DI_11, ""), notice, word.due, rules.TRIES - word.tries)


@control(
    Clause.C2_1_2_c,
    Clause.C2_1_2_a,
    Clause.C0_4,
    says="A person named is asked in person: who they are, then an unticked box of their own.",
)
def confirm(db: Session, token: str, who: Identity, told: str, *, control: Control) -> Tried[Given]:
    """Record a person's own yes.

    `told` is the token of the notice shown. A wrong name or number counts as a try and so may not
    be rolled back: the door commits, then calls `take`. Five wrong ones use the link up. Raises
    LinkOver, NotTold and the refusals of `consent.give`.
    """
    word = links.opened(db, token)
    offer = consents.check(db, told)
    own = (offer.kind, offer.role) == (Kind.SUBJECT, word.role)
    if not own or control is not Control.UNTICKED_BOX:
        raise NotTold
    if not _is(db, word, who):
        word.tries += 1
        db.flush()
        left = rules.TRIES - word.tries
        return Tried(refusal=IdentityWrong(left=left) if left else LinkOver())
    consents.give(db, SubjectId(word.subject), told, control=control, channel="link")
    return Tried(_answer(db, word, Answer.CONFIRMED))


def object_to(db: Session, token: str) -> Given:
    """Record a no; raise LinkOver. Whoever holds the link may: only agreeing needs proof."""
    return _answer(db, links.opened(db, token), Answer.OBJECTED)


def lapse(db: Session, case: str) -> list[Given]:
    """Close what nobody has answered in 15 working days and return whose word is missing."""
    return [
        _answer(db, word, Answer.LAPSED)
        for word in queries.of_case(db, case).values()
        if word.answer == Answer.WAITING and word.closed_at is None and word.due <= db.clock()
    ]


def take_back(db: Session, subject: SubjectId) -> list[Given]:
    """Turn each yes of a person into a no: the consent that carried it is gone."""
    taken = []
    for word in queries.of_subject(db, subject):
        if word.answer == Answer.CONFIRMED:
            word.answer, word.answered_at = Answer.OBJECTED.value, db.clock()
            taken.append(_given(word))
    return taken


def _reader(word: ConfirmationRow, reason: str) -> Reader:
    return Reader("confirmations", HOUSE, Purpose.P2, Basis.LEGAL_DUTY, word.case, reason)


def _is(db: Session, word: ConfirmationRow, who: Identity) -> bool:
    subject, reader = SubjectId(word.subject), _reader(word, "identity-step")
    person, number = required.IDENTITY[Role(word.role)]
    spelt = who.person.translate(identity.DOTS)
    named = vault.matches(db, subject, person, "".join(spelt.split()), reader)
    held = vault.reveal(db, subject, [number], reader)[number].open(Sink.IDENTITY_STEP)
    return named & tokens.same(held[-identity.TAIL :], who.tail.strip().upper())


def _answer(db: Session, word: ConfirmationRow, answer: Answer) -> Given:
    word.answer, word.answered_at = answer.value, db.clock()
    facts = {"case": word.case, "role": word.role, "answer": answer.value}
    ledger.append(db, Fact("confirmations.answered", SubjectId(word.subject), facts))
    db.flush()
    return _given(word)


def _given(word: ConfirmationRow) -> Given:
    return Given(word.case, Role(word.role), SubjectId(word.subject))
