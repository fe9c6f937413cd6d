"""Coming in: sign-up and sign-in are one act, and nothing is stored before the consent.

Clauses: 0.3, 0.4, 2.1.1.a, 2.1.1.b, 7; INV-06.
"""

import base64

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import platform, queries, rules, sessions, tickets
from shouyue.people.accounts.errors import AccountBarred, ConsentNeeded, ProofNeeded, TooYoung
from shouyue.people.accounts.tables import AccountRow
from shouyue.people.accounts.tickets import Ticket
from shouyue.people.accounts.types import AccountState, Client, ConsentGiven, Entered
from shouyue.people.notices import service as notices
from shouyue.people.notices.types import Notice, NoticeClass
from shouyue.privacy.consent import service as consents
from shouyue.privacy.consent.types import ConsentState, Control, Kind
from shouyue.privacy.custody import service as custody
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import service as vault
from shouyue.privacy.vault.types import Keep

_PUBLIC_ID_BYTES = 10


@control(
    Clause.C0_3,
    Clause.C0_4,
    Clause.C2_1_1_a,
    Clause.C2_1_1_b,
    says="Without an unticked box that the person ticked, nobody is registered and no row exists.",
)
def enter(
    db: Session,
    ticket: str,
    client: Client,
    consent: ConsentGiven | None = None,
    *,
    replaces: str = "",
) -> Entered:
    """Sign in whoever the ticket proves, registering them first if they are new and agree.

    `replaces` is the token of the browser's earlier session, which ends. Raises TicketInvalid,
    ProofNeeded, AccountBarred; ConsentNeeded or TooYoung, the ticket then stays good; and the
    refusals of `consent.give`.
    """
    proof = tickets.read(db, ticket)
    known = _find(db, proof)
    agreed = known is not None and _in_force(db, known)
    if not agreed:
        consent = _acceptable(db, consent)
    tickets.spend(db, proof)
    subject = known or vault.new_subject(db)
    if consent is not None and not agreed:
        consents.give(db, subject, consent.token, control=consent.control, chosen=consent.chosen)
    if known is None:
        _register(db, subject, proof)
    if proof.platform is not None:
        platform.keep_identity(db, subject, proof.platform)
    token = sessions.start(db, subject, client, replaces)
    way = "platform" if proof.platform else "phone"
    ledger.append(db, Fact("account.entered", subject, {"way": way}))
    return Entered(token, subject, fresh=known is None)


def needs_consent(db: ReadSession, ticket: str) -> bool:
    """Tell whether `enter` would ask for consent, so that the door shows the notice first."""
    known = _find(db, tickets.read(db, ticket))
    return known is None or not _in_force(db, known)


def is_platform(db: ReadSession, ticket: str) -> bool:
    """Tell whether a ticket proves a platform account; the notice then names its four fields."""
    return tickets.read(db, ticket).platform is not None


def _find(db: ReadSession, proof: Ticket) -> SubjectId | None:
    if proof.platform is None:
        subject = vault.find(db, Item.DI_01, proof.phone)
    else:
        subject = vault.find(db, Item.DI_03, proof.platform.id)
        # The platform's word for a phone is no proof that its holder here is the same person.
        if subject is None and vault.find(db, Item.DI_01, proof.phone):
            raise ProofNeeded
    account = queries.account(db, subject) if subject else None
    if subject and (account is None or not rules.may_enter(account.state)):
        raise AccountBarred
    return subject


def _in_force(db: ReadSession, subject: SubjectId) -> bool:
    return consents.state(db, subject, Purpose.P1) is ConsentState.GIVEN


@control(Clause.C7, says="Who does not declare to be 15 or over is refused, and nothing is stored.")
def _acceptable(db: ReadSession, consent: ConsentGiven | None) -> ConsentGiven:
    if consent is None or not consent.ticked or consent.control is not Control.UNTICKED_BOX:
        raise ConsentNeeded
    if consents.check(db, consent.token).kind != Kind.REGISTRATION:
        raise ConsentNeeded
    if not consent.of_age:
        raise TooYoung
    return consent


def _register(db: Session, subject: SubjectId, proof: Ticket) -> None:
    public_id = base64.b32encode(db.dice(_PUBLIC_ID_BYTES)).decode()
    row = AccountRow(
        subject=subject,
        public_id=public_id,
        state=AccountState.REGISTERED.value,
        made_at=db.clock(),
    )
    db.add(row)
    db.flush()
    grounds.become_party(db, subject)
    source = "platform-account" if proof.platform else "portal.sign-up"
    phone = Keep(subject, Item.DI_01, proof.phone, Purpose.P1, Basis.CONTRACT_SELF, source)
    custody.keep(db, phone)
    ledger.append(db, Fact("account.registered", subject, {}))
    welcome = Notice(NoticeClass.SERVICE, "welcome", subject)
    notices.send(db, welcome)
