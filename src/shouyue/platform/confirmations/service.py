"""Asking the people named in a case: each for an own word, by a link of their own.

What the applicant says stands in for nobody (D3). Owns `confirmation`; a case is an id here.
The room above asks, and hears of the deadline by the job `OVERDUE`. Clause 2.1.2.c.
"""

from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.confirmations import links, queries, rules
from shouyue.platform.confirmations.tables import ConfirmationRow
from shouyue.platform.confirmations.types import Answer, Call, Confirming
from shouyue.platform.papers.types import Role

OVERDUE = "confirmations.overdue"


def ask(db: Session, call: Call) -> None:
    """Ask each person who has not confirmed yet; a link goes out where we hold a contact."""
    due = rules.due(db.clock())
    for role, subject in call.named.items():
        if agreed(db, call.case, role):
            continue
        drop(db, call.case, role)
        word = ConfirmationRow(
            id=db.new_id(),
            case=call.case,
            role=role.value,
            subject=subject,
            applicant=call.applicant,
            enterprise=call.enterprise,
            answer=Answer.WAITING.value,
            sendings=0,
            tries=0,
            due=due,
        )
        db.add(word)
        db.flush()
        if links.reachable(db, word):
            links.send(db, word)
    jobs.enqueue(db, OVERDUE, {"case": call.case}, due=due)


def of_case(db: ReadSession, case: str) -> tuple[Confirming, ...]:
    """Return how far each person's own word is, the legal representative first."""
    words = queries.of_case(db, case)
    return tuple(_confirming(db, words[role]) for role in Role if role in words)


def agreed(db: ReadSession, case: str, *roles: Role) -> bool:
    """Tell whether everybody in these roles has confirmed in person."""
    words = queries.of_case(db, case)
    return all(role in words and words[role].answer == Answer.CONFIRMED for role in roles)


def close(db: Session, case: str) -> None:
    """Ask nobody any longer: the case is over, and so is every link."""
    for word in queries.of_case(db, case).values():
        if word.answer == Answer.WAITING:
            word.closed_at = db.clock()
    db.flush()


def drop(db: Session, case: str, *roles: Role) -> int:
    """Forget own words that were about somebody else, or whose case is erased."""
    return queries.drop(db, case, *roles)


def _confirming(db: ReadSession, word: ConfirmationRow) -> Confirming:
    waiting = word.answer == Answer.WAITING and word.closed_at is None
    return Confirming(
        id=word.id,
        role=Role(word.role),
        answer=Answer(word.answer),
        own=word.subject == word.applicant,
        reachable=links.reachable(db, word),
        sent_at=word.sent_at,
        answered_at=word.answered_at,
        due=word.due,
        can_send=waiting and rules.may_send(word.sent_at, word.sendings, db.clock()),
    )
