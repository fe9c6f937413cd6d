"""What the confirmations room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.confirmations import queries

name = "confirmations"
tables: Mapping[str, str] = {
    "confirmation": "goes with its case, of which it is the proof (OTM 31: three years)",
}


def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return what a person was asked and answered. Who asked is not theirs to see."""
    return {
        "answers": [
            {
                "case": word.case,
                "role": word.role,
                "answer": word.answer,
                "asked": word.sent_at.isoformat() if word.sent_at else None,
                "answered": word.answered_at.isoformat() if word.answered_at else None,
            }
            for word in queries.of_subject(db, subject)
        ],
    }


def erase(_db: Session, _subject: SubjectId) -> int:
    """Drop nothing: an answer goes with its case, of which it is the proof (ECL 31: 3 years)."""
    return 0
