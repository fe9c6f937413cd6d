"""Writing one event: its moment, its ledger leaf, its row, and what it switches.

Only the verbs of this room call it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.consent import queries, renditions, rules
from shouyue.privacy.consent.tickets import Ticket
from shouyue.privacy.consent.types import ConsentEvent, ConsentState
from shouyue.privacy.grounds import service as grounds
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.sharing import service as sharing

IN_JOURNAL = {ConsentState.WITHDRAWN: "consent-withdrawn", ConsentState.VOID: "consent-void"}
"""Ends that only somebody's act has caused. Running out and going stale are found again by rule."""


@dataclass(frozen=True, slots=True)
class Act:
    """One answer by one person to one notice."""

    subject: SubjectId
    ticket: Ticket
    state: ConsentState
    control: str
    channel: str


def answer(db: Session, act: Act, purpose: Purpose, *, token: str) -> ConsentEvent:
    """Write what a person did with a notice, for one of its purposes."""
    offer = act.ticket.offer
    at = rules.moment_after(queries.events(db, act.subject, purpose, offer.recipient), db.clock())
    lasts = act.state is ConsentState.GIVEN and offer.days > 0
    event = ConsentEvent(
        id=db.new_id(),
        subject=act.subject,
        purpose=purpose,
        recipient=offer.recipient,
        items=renditions.items_for(offer, purpose),
        state=act.state,
        at=at,
        until=at + timedelta(days=offer.days) if lasts else None,
        notice=act.ticket.digest,
        control=act.control,
        lang=offer.lang,
        channel=act.channel,
        policy_version=renditions.version(),
        leaf="",
    )
    return _write_all(db, [(event, token)])[0]


def follow(db: Session, last: ConsentEvent, state: ConsentState, channel: str) -> ConsentEvent:
    """Write what ends a yes, under the words of that yes, and switch its purpose off."""
    past = queries.events(db, last.subject, last.purpose, last.recipient)
    return follow_all(db, [(last, past)], state, channel)[0]


def follow_all(
    db: Session,
    yeses: Sequence[tuple[ConsentEvent, Sequence[ConsentEvent]]],
    state: ConsentState,
    channel: str,
) -> list[ConsentEvent]:
    """Write what ends yeses to one purpose together, each given with all its events."""
    ended = [
        replace(
            last,
            id=db.new_id(),
            state=state,
            at=rules.moment_after(past, db.clock()),
            until=None,
            control="",
            channel=channel,
            leaf="",
        )
        for last, past in yeses
    ]
    for purpose, recipient in sorted({(one.purpose, one.recipient) for one in ended}):
        theirs = [one for one in ended if (one.purpose, one.recipient) == (purpose, recipient)]
        switch(db, [one.subject for one in theirs], purpose, recipient, on=False)
    if state in IN_JOURNAL:
        for last, _ in yeses:
            note_end(db, last, state)
    return _write_all(db, [(one, "") for one in ended])


def note_end(db: Session, yes: ConsentEvent, state: ConsentState) -> None:
    """Let the journal know by its id that a yes is over, and so are those that it had renewed."""
    past = queries.events(db, yes.subject, yes.purpose, yes.recipient)
    ends = [at for at, one in enumerate(past) if one.state in {*IN_JOURNAL, ConsentState.REFUSED}]
    since = past[ends[-1] :] if ends else past
    renewed = [one.id for one in since if one.state is ConsentState.GIVEN]
    for one in dict.fromkeys((*renewed, yes.id)):  # a backup may have an older one alone, in force
        db.journal.note(Line(one, "", IN_JOURNAL[state], "", db.clock().isoformat()))


def last_yes(
    db: ReadSession, subject: SubjectId, purpose: Purpose, recipient: str
) -> ConsentEvent | None:
    """Return the newest yes, in force or not; None where it was found void since."""
    events = queries.events(db, subject, purpose, recipient)
    told = [one for one in events if one.state in {ConsentState.GIVEN, ConsentState.VOID}]
    return told[-1] if told and told[-1].state is ConsentState.GIVEN else None


def switch(
    db: Session, people: Sequence[SubjectId], purpose: Purpose, recipient: str, *, on: bool
) -> None:
    """Set the purpose's flag; switched off, what the yes let others receive ends.

    A recipient's purpose has no flag: its own provisions are what it switches.
    """
    if not recipient:
        grounds.switch_all(db, people, purpose, on=on)
    if not on:
        sharing.end_consented(db, people, purpose, recipient or None)


def bell(db: Session, name: str, event: ConsentEvent) -> None:
    """Ring for whoever must act on an event: recipients, tokens, subscriptions."""
    args = {"subject": event.subject, "purpose": event.purpose.value, "event": event.id}
    if event.recipient:
        args["recipient"] = event.recipient
    jobs.enqueue(db, name, args)


def _write_all(db: Session, events: Sequence[tuple[ConsentEvent, str]]) -> list[ConsentEvent]:
    leaves = ledger.append_all(db, [_fact(event) for event, _ in events])
    written = [replace(one, leaf=leaf) for (one, _), leaf in zip(events, leaves, strict=True)]
    queries.add_all(db, [(one, token) for one, (_, token) in zip(written, events, strict=True)])
    return written


def _fact(event: ConsentEvent) -> Fact:
    facts: dict[str, str | int] = {
        "event": event.id,
        "purpose": event.purpose.value,
        "notice": event.notice,
        "lang": event.lang,
        "channel": event.channel,
    }
    if event.control:
        facts["control"] = event.control
    if event.recipient:
        facts["recipient"] = event.recipient
    return Fact(f"consent.{event.state.value.lower()}", event.subject, facts)
