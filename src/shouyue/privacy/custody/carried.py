"""Legal holds as the erasure journal carries them, so that no backup forgets one.

The journal lies outside the database and its keys; a hold says of whom and for which case it is.
So its content is sealed for the house, and in clear stand its id and whether it is open.
"""

import base64
import json
from collections.abc import Iterable
from datetime import datetime

from shouyue.ground.kit.canonical import canonical
from shouyue.ground.store.journal import Line
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.custody.tables import LegalHold
from shouyue.privacy.custody.types import HoldStage

_OPEN, _OVER = "hold-open", "hold-over"
_LABEL = "journal-hold"


def note(db: Session, row: LegalHold) -> None:
    """Write down that a hold is open, with all that places it again, or that it is over."""
    at = db.clock().isoformat()
    if row.stage != HoldStage.OPEN:
        db.journal.note(Line(row.id, "", _OVER, "", at))
        return
    facts = {
        "subject": row.subject,
        "kind": row.kind,
        "case": row.case,
        "items": row.items,
        "until": row.until.isoformat(),
        "asked_by": row.asked_by,
        "asked_at": row.asked_at.isoformat(),
        "answered_by": row.answered_by or "",
        "answered_at": (row.answered_at or row.asked_at).isoformat(),
    }
    sealed = db.keys.seal_named(_LABEL, canonical(facts), row.id.encode())
    db.journal.note(Line(row.id, "", _OPEN, "", at, base64.b64encode(sealed).decode()))


def latest(lines: Iterable[Line]) -> dict[str, Line]:
    """Return the last line about each hold, by the hold's id."""
    return {line.key: line for line in lines if line.cause in {_OPEN, _OVER}}


def is_open(line: Line) -> bool:
    """Tell whether the line says that its hold is open."""
    return line.cause == _OPEN


def read(db: ReadSession, line: Line) -> LegalHold:
    """Return the hold that a line carries, as a new row; raise NotAuthentic if it was changed."""
    sealed = base64.b64decode(line.ground)
    facts = json.loads(db.keys.unseal_named(_LABEL, sealed, line.key.encode()))
    times = ("until", "asked_at", "answered_at")
    moments = {name: datetime.fromisoformat(facts.pop(name)) for name in times}
    return LegalHold(id=line.key, stage=HoldStage.OPEN.value, **facts, **moments)
