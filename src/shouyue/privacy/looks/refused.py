"""Looks that were refused: a leaf and a row each, an alarm where one member is refused often.

A refusal undoes its unit of work, so what led to it travels with it as its trace; a door writes
that down in a unit of its own. Clause 5.1.2.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.calendar import BEIJING
from shouyue.ground.kit.errors import Refusal
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.looks import budget, queries
from shouyue.privacy.looks.tables import RefusedLook
from shouyue.privacy.looks.types import Attempt, Reader, Refused
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.items import Item

OFTEN = 10
"""So many refused looks of one member in a day ring; those after it are only counted."""

_SHOWN, _DAYS = 100, timedelta(days=29)


@contextmanager
def traced(attempt: Attempt | None) -> Iterator[None]:
    """Let a refusal from within carry who would have looked at what; it goes on unchanged."""
    try:
        yield
    except Refusal as no:
        if no.trace is None:
            no.trace = attempt
        raise


def by(reader: Reader, subject: SubjectId, items: tuple[Item, ...]) -> Attempt | None:
    """Return the attempt of a reader of the staff; nothing for the house and for oneself."""
    if not reader.is_staff:
        return None
    return Attempt(reader.actor, reader.role, reader.purpose.value, items, reader.case, subject)


@control(
    Clause.C5_1_2,
    says="A look that staff are refused is evidence; who is refused often in a day is reported.",
)
def note(db: Session, attempt: Attempt, code: str) -> None:
    """Write a refused look down: who, as what, which items, what for, which case, which no.

    From the tenth of a member's day on there are no more leaves and rows, so that a flood fills
    nothing: the tenth row counts them.
    """
    queries.take_turn(db, attempt.actor)
    before = queries.refused_since(db, attempt.actor, budget.today(db))
    if len(before) >= OFTEN:
        before[-1].times += 1
        db.flush()
        return
    told, leaf = _told(db, attempt, code)
    db.add(
        RefusedLook(
            id=db.new_id(),
            at=db.clock(),
            actor=told.actor,
            role=told.role,
            purpose=told.purpose,
            items=[item.value for item in told.items],
            case=told.case,
            refusal=code,
            leaf=leaf,
            times=1,
        )
    )
    db.flush()
    if len(before) + 1 == OFTEN:
        about = {"kind": "looks.refused-often", "where": "console", "about": told.actor}
        jobs.enqueue(db, "alarm.raised", about)


def listed(db: ReadSession, actor: str = "") -> list[Refused]:
    """Return the last hundred looks that were refused, of one member if told, newest first."""
    return [
        Refused(
            row.at,
            row.actor,
            row.role,
            row.purpose,
            tuple(map(Item, row.items)),
            row.case,
            row.refusal,
            row.leaf,
            row.times,
        )
        for row in queries.refused(db, actor, _SHOWN)
    ]


def days(db: ReadSession, actor: str = "") -> list[tuple[date, str, int]]:
    """Return how often each member, or one, was refused on each of the last thirty days."""
    found: Counter[tuple[date, str]] = Counter()
    for row in queries.refused_since(db, actor, budget.today(db) - _DAYS):
        found[row.at.astimezone(BEIJING).date(), row.actor] += row.times
    return [(day, who, times) for (day, who), times in sorted(found.items(), reverse=True)]


def _told(db: Session, attempt: Attempt, code: str) -> tuple[Attempt, str]:
    """Return what of an attempt was written down, and its leaf."""
    try:
        return attempt, _write(db, attempt, code)
    except NotOpaque:  # what somebody typed as a case or a person may be anybody's number
        bare = replace(attempt, case="", subject=None)
        return bare, _write(db, bare, code)


def _write(db: Session, attempt: Attempt, code: str) -> str:
    words = {
        "role": attempt.role,
        "purpose": attempt.purpose,
        "items": ",".join(sorted({item.value for item in attempt.items})),
        "case": attempt.case,
    }
    facts: dict[str, str | int] = {name: word for name, word in words.items() if word}
    facts |= {"actor": attempt.actor, "code": code}
    return ledger.append(db, Fact("looks.refused", attempt.subject, facts))
