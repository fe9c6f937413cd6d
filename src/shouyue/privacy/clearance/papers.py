"""What staff sign and learn before they may look: the undertaking, and the course of the year.

Both are versioned texts in this room. A new version of the undertaking has to be signed again; a
new course counts from the next time that it is due. Clause 5.1.2; PIPL 51(4).
"""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from shouyue.ground.hazmat import tokens
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import evidence, queries, rules
from shouyue.privacy.clearance.errors import (
    CourseFailed,
    Frozen,
    NotSigned,
    NotTrained,
    TextChanged,
)
from shouyue.privacy.clearance.tables import ClearancePaper
from shouyue.privacy.clearance.types import Course, Fitness, Question, Undertaking
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.types import Text

_TEXT = Path(__file__).parent / "text"
_SIGNED, _PASSED = "undertaking", "course"


@cache
def undertaking() -> Undertaking:
    """Return the undertaking in force."""
    read = _read("undertaking.toml")
    paragraphs = tuple(_text(one) for one in read["paragraph"])
    words = "\n".join([read["version"], *(f"{one.zh}\n{one.en}" for one in paragraphs)])
    return Undertaking(read["version"], tokens.fingerprint(words), paragraphs)


@cache
def course() -> Course:
    """Return the course in force."""
    read = _read("course.toml")
    questions = tuple(
        Question(_text(one), tuple(map(_text, one["answer"])), one["right"])
        for one in read["question"]
    )
    return Course(read["version"], tuple(map(_text, read["lesson"])), questions)


@control(Clause.C5_1_2, says="Staff sign a duty of secrecy, word for word, before they may look.")
def sign(db: Session, member: str, digest: str) -> None:
    """Sign the undertaking whose words have this digest. Raises TextChanged for older words."""
    text = undertaking()
    if not tokens.same(digest, text.digest):
        raise TextChanged
    _keep(db, member, _SIGNED, (text.version, text.digest))
    evidence.write(db, "signed", {"member": member, "version": text.version, "digest": digest})


@control(Clause.C5_1_2, says="Staff pass a course on personal data each year before they may look.")
def take_course(db: Session, member: str, version: str, answers: list[int]) -> datetime:
    """Judge the answers; return until when the member is trained.

    Raises CourseFailed unless every answer is right, TextChanged for another version.
    """
    given = course()
    if version != given.version or len(answers) != len(given.questions):
        raise TextChanged
    marked = zip(given.questions, answers, strict=True)
    wrong = sum(question.right != answer for question, answer in marked)
    if wrong:
        raise CourseFailed(wrong=wrong)
    _keep(db, member, _PASSED, (given.version, ""))
    evidence.write(db, "trained", {"member": member, "version": version})
    return db.clock() + rules.TRAINED_FOR


def fitness(db: ReadSession, member: str) -> Fitness:
    """Return whether a member may hold grants now."""
    signed = queries.papers(db, member, _SIGNED).get(undertaking().version)
    passed = [row.at for row in queries.papers(db, member, _PASSED).values()]
    until = max(passed) + rules.TRAINED_FOR if passed else None
    return Fitness(
        signed_at=signed.at if signed else None,
        trained_until=until,
        trained=until is not None and until > db.clock(),
        frozen=bool(queries.overdue(db, member)),
    )


@control(Clause.C5_1_2, says="Who has not signed, not learnt, or owes a review, looks at nobody.")
def check_fit(db: ReadSession, member: str) -> None:
    """Return if the member may hold grants. Raises NotSigned, NotTrained, Frozen."""
    found = fitness(db, member)
    if found.signed_at is None:
        raise NotSigned
    if not found.trained:
        raise NotTrained
    if found.frozen:
        raise Frozen


def _keep(db: Session, member: str, kind: str, what: tuple[str, str]) -> None:
    version, digest = what
    row = queries.papers(db, member, kind).get(version)
    if row is None:
        row = ClearancePaper(member=member, kind=kind, version=version)
        db.add(row)
    row.digest, row.at = digest, db.clock()
    db.flush()


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_TEXT / name).read_text("utf-8"))


def _text(read: dict[str, Any]) -> Text:
    return Text(read["zh"], read["en"])
