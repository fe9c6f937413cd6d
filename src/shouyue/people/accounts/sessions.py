"""Sessions: who is signed in, on which devices, and how fresh the proof is (2.4, 3.1).

A session dies after 12 idle hours or 7 days, at sign-out, and whenever its token is replaced.
"""

from datetime import datetime, timedelta

from shouyue.ground.hazmat import tokens
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.people.accounts import queries, rules, tickets
from shouyue.people.accounts.errors import NotThisPerson, StepUpNeeded
from shouyue.people.accounts.tables import SessionRow
from shouyue.people.accounts.types import Client, Device, Visit
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import service as vault


@control(Clause.C3_1, says="A log-in makes a fresh 256-bit token; only its fingerprint is stored.")
def start(db: Session, subject: SubjectId, client: Client, replaces: str = "") -> str:
    """Return the token of a new session; the session of the token `replaces`, if any, ends."""
    if replaces:
        end(db, replaces)
    token, now = tokens.mint(db.dice), db.clock()
    row = SessionRow(
        id=db.new_id(),
        subject=subject,
        fingerprint=tokens.fingerprint(token),
        family=rules.family(client.agent),
        place="",
        made_at=now,
        last_seen=now,
    )
    db.add(row)
    db.flush()
    return token


@control(Clause.C3_1, Clause.C2_4, says="A session ends after 12 idle hours and after 7 days.")
def visit(db: ReadSession, token: str) -> Visit | None:
    """Return who is signed in with a token, or None. Reads only: call `touch` when it asks."""
    row = queries.session(db, tokens.fingerprint(token), db.clock())
    account = queries.account(db, SubjectId(row.subject)) if row else None
    if row is None or account is None or not rules.may_enter(account.state):
        return None
    return Visit(
        session_id=row.id,
        subject=account.subject,
        state=account.state,
        since=row.made_at,
        stepped_up=_fresh(row.step_up_at, db.clock()),
        csrf=db.keys.mac("csrf", row.id.encode()).hex(),
        needs_touch=db.clock() - row.last_seen >= rules.TOUCH_EVERY,
    )


def touch(db: Session, token: str) -> None:
    """Write down that the session is in use; the idle limit runs from here."""
    row = queries.session(db, tokens.fingerprint(token), db.clock())
    if row:
        row.last_seen = db.clock()
        db.flush()


@control(Clause.C2_4, Clause.C3_1, says="Delicate acts need a fresh code; the token then changes.")
def step_up(db: Session, token: str, ticket: str) -> str:
    """Return a new token for the session, stepped up for ten minutes.

    The ticket must prove the phone of the person who is signed in. Raises TicketInvalid,
    NotThisPerson.
    """
    row = queries.session(db, tokens.fingerprint(token), db.clock())
    proof = tickets.read(db, ticket)
    owner = vault.find(db, Item.DI_01, proof.phone)
    if row is None or proof.platform is not None or owner != row.subject:
        raise NotThisPerson
    tickets.spend(db, proof)
    renewed = tokens.mint(db.dice)
    row.fingerprint = tokens.fingerprint(renewed)
    row.step_up_at = row.last_seen = db.clock()
    db.flush()
    ledger.append(db, Fact("account.stepped-up", SubjectId(row.subject), {"session": row.id}))
    return renewed


@control(Clause.C2_4, Clause.C5_1_1, says="Secrets and call-backs change only after a fresh code.")
def require_stepped_up(visit: Visit) -> None:
    """Return when the person has lately shown to be there; raise StepUpNeeded otherwise."""
    if not visit.stepped_up:
        raise StepUpNeeded


def end(db: Session, token: str) -> None:
    """Sign out: the token is dead at once."""
    row = queries.session(db, tokens.fingerprint(token), db.clock())
    if row:
        queries.end_sessions(db, SubjectId(row.subject), db.clock(), only=row.id)
        db.expire(row)


@control(Clause.C2_4, says="A person sees every device that is signed in and can sign it out.")
def devices(db: ReadSession, subject: SubjectId, current: str = "") -> list[Device]:
    """Return a person's live sessions; `current` is the id of the one that asks."""
    rows = queries.sessions(db, subject, db.clock())
    return [
        Device(row.id, row.family, row.made_at, row.last_seen, row.id == current) for row in rows
    ]


def end_one(db: Session, subject: SubjectId, session_id: str) -> bool:
    """Sign out one device of this person; tell whether there was one."""
    return queries.end_sessions(db, subject, db.clock(), only=session_id) == 1


def end_others(db: Session, subject: SubjectId, keep: str = "") -> int:
    """Sign out all devices of this person but the one named; return how many."""
    return queries.end_sessions(db, subject, db.clock(), but=keep)


def _fresh(step_up_at: datetime | None, at: datetime) -> bool:
    # A clock that was put back must not make the ten minutes longer.
    return step_up_at is not None and timedelta(0) <= at - step_up_at < rules.STEP_UP_LIFE
