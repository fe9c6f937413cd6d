"""The vault's part in a person's rights: a copy of everything, and the end of everything."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.sinks.types import Sink
from shouyue.privacy.vault import documents, service
from shouyue.privacy.vault.types import SELF, Reader

name = "vault"
tables: Mapping[str, str] = {
    "holding": "",
    "blind_index": "",
    "sealed_document": "",
    "data_key": "a key in custody lives as long as what it seals there (PIPL 47)",
}


@control(Clause.C6_1_1, says="A person gets all that the vault holds about them, in clear.")
def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return values in clear, documents by id, and who looked; the copying is a logged look.

    Content of documents is fetched by id with `view_document`.
    """
    reader = Reader(subject, SELF, Purpose.P13, Basis.LEGAL_DUTY)
    held = {holding.item: holding for holding in service.held(db, [subject])}
    values = service.reveal(db, subject, None, reader)
    return {
        "holdings": [
            {
                "item": item.value,
                "value": values[item].open(Sink.OWN_COPY),
                "purpose": holding.purpose.value,
                "basis": holding.basis.value,
                "at": holding.at.isoformat(),
            }
            for item, holding in held.items()
        ],
        "documents": [
            {
                "id": paper.id,
                "item": paper.item.value,
                "media_type": paper.media_type,
                "byte_size": paper.byte_size,
                "at": paper.at.isoformat(),
            }
            for paper in documents.documents(db, subject)
        ],
        "accesses": [
            {
                "at": access.at.isoformat(),
                "role": access.role,
                "purpose": access.purpose.value,
                "items": [item.value for item in access.items],
                "leaf": access.leaf,
            }
            for access in service.accesses(db, subject)
        ],
    }


def erase(db: Session, subject: SubjectId) -> int:
    """Destroy every key of the person and return how many rows went. Accesses stay (DI-71)."""
    rows = len(service.held(db, [subject])) + len(documents.documents(db, subject))
    service.shred(db, subject)
    return rows


def expire(db: Session) -> int:
    """Delete objects that no row knows; looks are past their time in `looks`."""
    return documents.sweep_orphans(db)
