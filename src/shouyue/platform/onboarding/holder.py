"""What the onboarding room says when rights and retention ask about a person."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.platform.onboarding import casework, named, queries

name = "onboarding"
tables: Mapping[str, str] = {
    "certification_case": "a certification is kept three years after its end (OTM 31)",
    "case_party": "who was named in a certification is kept as long as it (OTM 31)",
}


def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return a person's own cases, and their roles in others' cases.

    Who else is named in a case is not theirs to see; values are the vault's to export.
    """
    return {
        "applications": [
            {
                "id": row.id,
                "state": row.state,
                "begun": row.made_at.isoformat(),
                "submitted": row.submitted_at.isoformat() if row.submitted_at else None,
                "decided": row.decided_at.isoformat() if row.decided_at else None,
                "moves": [
                    {"at": event.at.isoformat(), "to": event.after, "cause": event.cause}
                    for event in queries.events(db, row.id)
                ],
            }
            for row in queries.of_applicant(db, subject)
        ],
        "roles": [{"case": party.case, "role": party.role} for party in queries.seats(db, subject)],
    }


def erase(db: Session, subject: SubjectId) -> int:
    """Drop cases that never led to a certification; end and keep the others (ECL 31: 3 years).

    As one of the people named in a case not yet decided, erasure counts as a withdrawal.
    """
    named.withdrawn(db, subject)
    gone = 0
    for row in queries.of_applicant(db, subject):
        if not queries.certified_at(db, row.id):
            gone += casework.drop(db, row)
    db.flush()
    return gone
