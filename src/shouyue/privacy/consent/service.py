"""Consent: notices go out with a token, answers come back with it, events are written down.

An answer is an event and never an update. Each event is a leaf of the ledger in the same
transaction. Clauses: 0.3, 0.4, 2.1.2.c, 2.5, 6.2.1, 6.2.2; PIPL 13 to 16, 23, 29.
"""

from collections.abc import Collection
from datetime import datetime

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent import queries, record, renditions, rules, tickets
from shouyue.privacy.consent.errors import (
    ConsentMissing,
    CoolingDown,
    NotByConsent,
    NotGiven,
    NoticeChanged,
    NoticeUsed,
)
from shouyue.privacy.consent.record import Act
from shouyue.privacy.consent.tickets import Ticket
from shouyue.privacy.consent.types import (
    ConsentEvent,
    ConsentState,
    Control,
    Kind,
    Notice,
    Offer,
    Rendition,
)
from shouyue.privacy.policy import service as policy
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control as enforces
from shouyue.privacy.policy.purposes import Purpose


def show(db: ReadSession, offer: Offer) -> Notice:
    """Return the notice and its token; nothing is stored and nobody is known yet (0.3)."""
    words = renditions.render(offer)
    token = tickets.seal(db, Ticket(db.new_id(), words.digest, db.clock(), offer))
    return Notice(token, words.digest, words.html, offer)


@enforces(Clause.C0_3, says="A person who said no is not asked again for 48 hours.")
def ask(db: Session, subject: SubjectId, offer: Offer, *, by_person: bool) -> Notice:
    """Return the notice for a known person and record that they were asked.

    `by_person` says that the person started the function; otherwise CoolingDown is raised
    within 48 hours of a no.
    """
    for purpose in (*offer.purposes, *offer.optional):
        past = queries.events(db, subject, purpose, offer.recipient)
        if not rules.may_ask(past, rules.present(past, db.clock()), by_person=by_person):
            raise CoolingDown
    notice = show(db, offer)
    ticket = tickets.open_(db, notice.token)
    queries.keep_rendition(db, renditions.render(offer), db.clock())
    for purpose in (*offer.purposes, *offer.optional):
        record.answer(db, Act(subject, ticket, ConsentState.ASKED, "", "web"), purpose, token="")
    return notice


@enforces(
    Clause.C0_4,
    Clause.C2_5,
    says="Only an act on an unticked control, bound to the exact words shown, is a consent.",
)
def give(
    db: Session,
    subject: SubjectId,
    token: str,
    *,
    control: Control,
    chosen: Collection[Purpose] = (),
    channel: str = "web",
) -> list[str]:
    """Record a yes and return the ledger leaves, one for each purpose agreed to.

    All `purposes` of the offer are agreed to together; of the `optional` ones only those in
    `chosen`; one left alone is recorded as asked, which is a no. A token is answered once.
    Raises ConsentMissing, NoticeChanged, NoticeUsed.
    """
    ticket, words = _valid(db, token)
    if ticket.offer.kind == Kind.REGISTRATION and control is not Control.UNTICKED_BOX:
        raise ConsentMissing
    _use(db, subject, ticket)
    queries.keep_rendition(db, words, db.clock())
    yes = Act(subject, ticket, ConsentState.GIVEN, control.value, channel)
    asked = Act(subject, ticket, ConsentState.ASKED, "", channel)
    leaves = [_agree(db, yes, purpose) for purpose in ticket.offer.purposes]
    for purpose in ticket.offer.optional:
        if purpose in chosen:
            leaves.append(_agree(db, yes, purpose))
        else:
            record.answer(db, asked, purpose, token=ticket.id)
    return leaves


def check(db: ReadSession, token: str) -> Offer:
    """Return what a token offers, before anything is written; ConsentMissing, NoticeChanged."""
    return _valid(db, token)[0].offer


@enforces(Clause.C0_3, says="A no is recorded, switches the purpose off and costs nothing else.")
def refuse(db: Session, subject: SubjectId, token: str, *, channel: str = "web") -> None:
    """Record a no to everything that the notice asked; it takes an earlier yes back.

    Raises ConsentMissing, NoticeUsed.
    """
    ticket = tickets.open_(db, token)
    _use(db, subject, ticket)
    queries.keep_rendition(db, renditions.render(ticket.offer), db.clock())
    act = Act(subject, ticket, ConsentState.REFUSED, Control.BUTTON.value, channel)
    for purpose in (*ticket.offer.purposes, *ticket.offer.optional):
        recipient = ticket.offer.recipient
        standing = state(db, subject, purpose, recipient) in rules.CAN_END
        if standing and (yes := record.last_yes(db, subject, purpose, recipient)):
            record.note_end(db, yes, ConsentState.WITHDRAWN)
            record.switch(db, [subject], purpose, recipient, on=False)
        no = record.answer(db, act, purpose, token=ticket.id)
        if standing:
            record.bell(db, "consent.withdrawn", no)


def may_end(purpose: Purpose, recipient: str = "") -> bool:
    """Tell whether a yes can be withdrawn alone: what carries the account or a duty cannot."""
    return bool(recipient) or policy.purpose(purpose).refusable


@enforces(
    Clause.C6_2_1,
    Clause.C6_2_2,
    says="A withdrawal is one write: it stops the purpose, ends what others receive by it, "
    "tells the house and leaves the past.",
)
def withdraw(
    db: Session,
    subject: SubjectId,
    purpose: Purpose,
    recipient: str = "",
    *,
    channel: str = "web",
) -> str:
    """Record a withdrawal, switch off the purpose and its provisions, ring `consent.withdrawn`.

    Returns the ledger leaf, or an empty string where no yes was in force. Raises NotByConsent
    for a purpose that carries the account or a legal duty.
    """
    if not may_end(purpose, recipient):
        raise NotByConsent(purpose=purpose.value)
    queries.take_turn(db, subject)
    yes = record.last_yes(db, subject, purpose, recipient)
    if yes is None or state(db, subject, purpose, recipient) not in rules.CAN_END:
        return ""
    ended = record.follow(db, yes, ConsentState.WITHDRAWN, channel)
    record.bell(db, "consent.withdrawn", ended)
    return ended.leaf


def void(db: Session, subject: SubjectId, purpose: Purpose, recipient: str = "") -> str:
    """Record that a yes was never valid (a child, a fraud, the wrong person); rings `consent.void`.

    Returns the ledger leaf, or an empty string where there never was a yes, or it is void already.
    """
    queries.take_turn(db, subject)
    yes = record.last_yes(db, subject, purpose, recipient)
    if yes is None:
        return ""
    ended = record.follow(db, yes, ConsentState.VOID, "house")
    record.bell(db, "consent.void", ended)
    return ended.leaf


def expire(db: Session) -> int:
    """Write down each yes whose time has run out and switch it off; return how many."""
    count = 0
    for subject, purpose, recipient in queries.lapsed(db, db.clock()):
        queries.take_turn(db, subject)
        yes = record.last_yes(db, subject, purpose, recipient)
        # The fold already calls such a yes expired; only its event and the flag are missing.
        written = queries.events(db, subject, purpose, recipient)[-1]
        if yes and written == yes and yes.until and yes.until <= db.clock():
            ended = record.follow(db, yes, ConsentState.EXPIRED, "house")
            record.bell(db, "consent.expired", ended)
            count += 1
    return count


@enforces(Clause.C8_1, says="A yes to other words does not cover a materially changed purpose.")
def outdate(db: Session, purpose: Purpose) -> int:
    """Turn each yes to a purpose under an older policy stale, off until a new act; return how many.

    The publisher of a version calls this for purposes whose aim, method, kind or recipient changed.
    """
    version, now = renditions.version(), db.clock()
    yeses = []
    for past in queries.histories(db, purpose, version):
        in_force = rules.state_of(past, rules.present(past, now)) is ConsentState.GIVEN
        last = [event for event in past if event.state is ConsentState.GIVEN][-1:]
        if in_force and last and last[0].policy_version != version:
            yeses.append((last[0], past))
    ended = record.follow_all(db, yeses, ConsentState.STALE, "house")
    for event in ended:
        record.bell(db, "consent.stale", event)
    return len(ended)


def state(
    db: ReadSession, subject: SubjectId, purpose: Purpose, recipient: str = ""
) -> ConsentState:
    """Return where a purpose stands now."""
    events = queries.events(db, subject, purpose, recipient)
    return rules.state_of(events, rules.present(events, db.clock()))


def since(db: ReadSession, subject: SubjectId, purpose: Purpose) -> dict[str, datetime]:
    """Return by recipient since when a yes that is in force now has been so without a break.

    What was let in before rests on a yes that has ended, whatever was said later.
    """
    by: dict[str, list[ConsentEvent]] = {}
    for event in queries.events(db, subject, purpose):
        by.setdefault(event.recipient, []).append(event)
    begun = {to: rules.since(one, rules.present(one, db.clock())) for to, one in by.items()}
    return {to: at for to, at in begun.items() if at is not None}


@enforces(Clause.C0_4, Clause.C6_2_1, says="Nothing that rests on consent runs without a yes.")
def require(db: ReadSession, subject: SubjectId, purpose: Purpose, recipient: str = "") -> None:
    """Return if a yes is in force; raise NotGiven otherwise. Silence is a no."""
    if state(db, subject, purpose, recipient) is not ConsentState.GIVEN:
        raise NotGiven(purpose=purpose.value)


def history(db: ReadSession, subject: SubjectId) -> list[ConsentEvent]:
    """Return all events of a person, oldest first, each with its ledger leaf."""
    return queries.events(db, subject)


def rendition(db: ReadSession, digest: str) -> Rendition | None:
    """Return the exact words that somebody answered, by digest."""
    return queries.rendition(db, digest)


def _valid(db: ReadSession, token: str) -> tuple[Ticket, Rendition]:
    ticket = tickets.open_(db, token)
    words = renditions.render(ticket.offer)
    if words.digest != ticket.digest:
        raise NoticeChanged
    return ticket, words


@enforces(Clause.C0_4, says="One notice takes one answer: whoever answers second is told so.")
def _use(db: Session, subject: SubjectId, ticket: Ticket) -> None:
    # A token replayed must not revive a consent withdrawn since, nor speak for another person.
    queries.take_turn(db, ticket.id, subject)
    if queries.answered(db, ticket.id):
        raise NoticeUsed


def _agree(db: Session, act: Act, purpose: Purpose) -> str:
    event = record.answer(db, act, purpose, token=act.ticket.id)
    record.switch(db, [act.subject], purpose, act.ticket.offer.recipient, on=True)
    return event.leaf
