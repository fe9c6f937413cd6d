"""What the ledger says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.ledger import service
from shouyue.privacy.ledger.types import Entry


class LedgerHolder:
    """Shows every entry; erasing blinds. Ask it last: the other rooms still write evidence."""

    name = "ledger"
    tables: Mapping[str, str] = {
        "ledger_leaf": "",
        "ledger_line": "",
    }

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return all entries, oldest first."""
        return {"entries": [_plain(entry) for entry in service.about(db, subject)]}

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Drop the openings; what stays is a commitment that nobody can open (6.3.1)."""
        return service.blind(db, subject)


def _plain(entry: Entry) -> dict[str, Plain]:
    return {
        "receipt": entry.id,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "facts": entry.facts,
        "index": entry.index,
    }
