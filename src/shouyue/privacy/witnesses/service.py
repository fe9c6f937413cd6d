"""Ask witnesses to sign the evidence log, and take note of what they answer.

Speaks C2SP `tlog-witness`, one POST a question. Nothing personal goes out: a size, hashes and a
signature. A witness that knows another log raises `ledger.forked`, and the log stops. Clause 5.1.2.
"""

import re
from datetime import timedelta

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.egress.types import HttpOut
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import witnessing
from shouyue.privacy.witnesses.types import Answered, Asked, Witness

ASK = "witnesses.ask"
"""The job that asks one witness: `witness` by name, `old` where the witness has said a size."""

SILENT, UNFIT = "ledger.witness-silent", "ledger.witness-unfit"
FORKED, UNWITNESSED = "ledger.forked", "ledger.unwitnessed"

_RENEW = timedelta(hours=12)
"""A log that does not grow is signed anew after so long: the time is what counts then."""

_LONGEST = timedelta(hours=24)
_PATIENCE = 10.0
_OK, _CONFLICT, _UNPROVEN = 200, 409, 422
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n?")


def ask(db: ReadSession, witness: Witness, old: int | None) -> Asked | None:
    """Return the question, from the `old` size that the witness has said, or the last it signed.

    None while there is nothing to sign.
    """
    size, last = ledger.reached(db), witnessing.last(db, witness.name)
    if not size or (last and last.size == size and db.clock() - last.by.at < _RENEW):
        return None
    known = min(size, (last.size if last else 0) if old is None else old)
    out = HttpOut(
        f"{witness.url.rstrip('/')}/add-checkpoint",
        body=witnessing.request(db, known, size),
        headers={"content-type": "text/plain; charset=utf-8"},
        timeout=_PATIENCE,
        where="witness",
        about=witness.name,
    )
    return Asked(witness, known, size, out)


def hear(db: Session, answer: Answered, *, first: bool) -> None:
    """Take note of an answer; a witness that stands elsewhere is asked once more from there."""
    asked, back = answer.asked, answer.back
    if back.status is None or back.failure:
        _alarm(db, SILENT, asked.witness.name, back.failure)
    elif back.status == _OK:
        _signed(db, asked, back.body)
    elif back.status == _UNPROVEN and asked.old:
        _forked(db, asked, asked.old)
    elif back.status == _CONFLICT:
        _elsewhere(db, asked, back.body, first=first)
    else:
        _alarm(db, UNFIT, asked.witness.name, str(back.status))


def watch(db: Session) -> None:
    """Raise an alarm where no witness has signed for a day."""
    since = witnessing.unwitnessed_since(db)
    if since is not None and db.clock() - since > _LONGEST:
        _alarm(db, UNWITNESSED, "ledger", "")


def _signed(db: Session, asked: Asked, body: bytes) -> None:
    try:
        lines = body.decode()
        witnessing.cosigned(db, asked.size, lines, asked.witness.key)
    except (NotAuthentic, UnicodeDecodeError):
        _alarm(db, UNFIT, asked.witness.name, "signature")


def _elsewhere(db: Session, asked: Asked, body: bytes, *, first: bool) -> None:
    said = _SIZE.fullmatch(body)
    theirs = int(said[1]) if said else asked.old
    if theirs > ledger.reached(db):
        _forked(db, asked, theirs)
    elif theirs == asked.old == asked.size:
        _forked(db, asked, theirs)  # it has the size that we showed, under another root
    elif first and theirs != asked.old:
        jobs.enqueue(db, ASK, {"witness": asked.witness.name, "old": theirs})
    else:
        _alarm(db, UNFIT, asked.witness.name, "409")


def _forked(db: Session, asked: Asked, theirs: int) -> None:
    if witnessing.forked(db, asked.witness.name, theirs, asked.size):
        _alarm(db, FORKED, asked.witness.name, str(theirs))


def _alarm(db: Session, kind: str, where: str, about: str) -> None:
    jobs.enqueue(db, "alarm.raised", {"kind": kind, "where": where, "about": about})
