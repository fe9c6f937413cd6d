"""Editions of the policy: announced with full days of notice, in force from their hour, kept.

The text itself is `policy`; this room remembers what was announced and when, by the house's own
clock. Servers ask `adopt` before they open. Clauses: H, 8.1, 8.2; ECL 34, PIPL 14(2), 17(2).
"""

import json
from datetime import datetime

from shouyue.ground.jobs import service as jobs
from shouyue.ground.kit.calendar import full_days
from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.editions import queries, rules
from shouyue.privacy.editions.errors import (
    EditionChanged,
    NotAnnounced,
    NotYet,
    OutOfOrder,
    ReducesRights,
    Superseded,
    TooSoon,
    UnderClassed,
)
from shouyue.privacy.editions.tables import EditionRow, EditionTextRow
from shouyue.privacy.editions.types import Edition, Words
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy import pages
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Change, Policy

_LANGS = ("zh", "en")
_COMPARED = "en"
"""In which language two editions are compared; ids and numbers are the same in both."""

_SMALL = frozenset({Change.EDITORIAL, Change.MINOR})


@control(
    Clause.H,
    says="Notice runs from the house's own clock, in full days, and an announced text is final.",
)
@control(
    Clause.C8_1,
    says="An edition that takes rights away, or calls itself smaller than it is, is refused.",
)
def announce(db: Session, coming: Policy) -> Edition:
    """Record an edition that will take effect; the first one of a house may be in force already.

    A major one rings `policy.announced`, so that each person is told.

    The same edition twice changes nothing. Raises EditionChanged, OutOfOrder, UnderClassed,
    ReducesRights and TooSoon.
    """
    known = queries.editions(db)
    if same := _known(known, coming):
        return same
    changed: tuple[str, ...] = ()
    major: tuple[Clause, ...] = ()
    if known:
        before, after = _values(db, known[0].number), _read(_plain(coming, _COMPARED))
        changed, major = rules.changed_clauses(before, after), rules.major(before, after)
        _check(known[0], coming, major, fewer=rules.fewer_rights(before, after))
        _check_notice(db.clock(), coming)
    version = coming.version
    facts = {"edition": version.number, "change": version.change.value}
    facts |= {lang: pages.digest(coming, lang) for lang in _LANGS}
    row = EditionRow(
        number=version.number,
        change=version.change.value,
        announced_at=db.clock(),
        published_at=version.published_at,
        effective_at=version.effective_at,
        adopted_at=None,
        founding=not known,
        changed=list(changed),
        major=[clause.value for clause in major],
        leaf=ledger.append(db, Fact("policy.announced", None, dict(facts))),
    )
    db.add(row)
    db.flush()
    db.add_all(_text(coming, lang) for lang in _LANGS)
    db.flush()
    if known and version.change not in _SMALL:
        jobs.enqueue(db, "policy.announced", {"edition": version.number})
    return queries.edition(db, version.number)


@control(Clause.H, says="A server runs under the announced edition whose time has come, or not.")
def adopt(db: Session, running: Policy) -> frozenset[Purpose]:
    """Return if the house may run under this policy now; take note of it the first time.

    Returns the purposes whose earlier yes does not reach this edition any more, once. A new
    house founds itself on the policy. Raises NotAnnounced, EditionChanged, NotYet, Superseded.
    """
    known = queries.editions(db)
    if not known:
        known = [announce(db, running)]
    mine = _known(known, running)
    if mine is None:
        raise NotAnnounced(number=running.version.number)
    now = _in_force(known, db.clock())
    if now.number != mine.number:
        if mine.effective_at > db.clock():
            raise NotYet(number=mine.number, effective=mine.effective_at.isoformat())
        raise Superseded(number=mine.number, other=now.number)
    row = db.get_one(EditionRow, mine.number)
    if row.adopted_at is not None:
        return frozenset()
    row.adopted_at = db.clock()
    db.flush()
    ledger.append(db, Fact("policy.adopted", None, {"edition": mine.number}))
    adopted = [one for one in known if one.adopted_at is not None]
    if not adopted:
        return frozenset()
    last = _values(db, adopted[0].number)
    return rules.changed_purposes(last, _values(db, mine.number))


def in_force(db: ReadSession, at: datetime) -> Edition | None:
    """Return the edition that is in force at a moment; None where none was ever announced.

    The founding edition counts from the first day: there was no other before it.
    """
    known = queries.editions(db)
    return _in_force(known, at) if known else None


def coming(db: ReadSession, at: datetime) -> list[Edition]:
    """Return the editions that are announced and not in force yet, the last one first."""
    return [one for one in queries.editions(db) if one.effective_at > at and not one.founding]


@control(Clause.H, says="Every edition that was announced stays readable, to the letter.")
def history(db: ReadSession) -> list[Edition]:
    """Return all editions, the one that takes effect last first."""
    return queries.editions(db)


def words(db: ReadSession, number: str, lang: str) -> Words | None:
    """Return what an edition said in a language, or None where no such one was announced."""
    return queries.words(db, number, lang)


def _in_force(known: list[Edition], at: datetime) -> Edition:
    return next((one for one in known if one.effective_at <= at), known[-1])


def _known(known: list[Edition], wanted: Policy) -> Edition | None:
    for one in known:
        if one.number == wanted.version.number:
            if any(one.digests[lang] != pages.digest(wanted, lang) for lang in _LANGS):
                raise EditionChanged(number=one.number)
            return one
    return None


def _check(last: Edition, coming: Policy, major: tuple[Clause, ...], *, fewer: bool) -> None:
    version = coming.version
    if version.effective_at <= last.effective_at:
        raise OutOfOrder(number=version.number, other=last.number)
    if fewer or version.change is Change.REDUCES_RIGHTS:
        raise ReducesRights(number=version.number)
    if major and version.change in _SMALL:
        said = ", ".join(clause.value for clause in major)
        raise UnderClassed(number=version.number, clauses=said, change=version.change.value)


def _check_notice(now: datetime, coming: Policy) -> None:
    version = coming.version
    days, due = full_days(now, version.effective_at), version.change.notice_days
    if days < due:
        raise TooSoon(number=version.number, days=str(max(days, 0)), due=str(due))


def _text(said: Policy, lang: str) -> EditionTextRow:
    return EditionTextRow(
        number=said.version.number,
        lang=lang,
        digest=pages.digest(said, lang),
        html=pages.article(said, lang, said.clauses.values()),
        plain=_plain(said, lang),
    )


def _values(db: ReadSession, number: str) -> rules.Values:
    found = queries.words(db, number, _COMPARED)
    return _read(found.plain if found else "{}")


def _plain(said: Policy, lang: str) -> str:
    return canonical(pages.plain(said, lang)).decode()


def _read(plain: str) -> rules.Values:
    values: rules.Values = json.loads(plain)
    return values
