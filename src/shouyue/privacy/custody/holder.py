"""Custody's part in a person's rights: what stays and why, and the erasure of all values.

Asked before the vault: what law keeps has then left it.
"""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.custody import queries, service
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control
from shouyue.privacy.policy.types import Anchor

name = "custody"
tables: Mapping[str, str] = {
    "custody_value": "what a statute or a hold keeps stays until its end (PIPL 47)",
    "legal_hold": "a hold is remembered for as long as one can sue over it (Civil Code 188)",
}


def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return what is in custody, by item, with grounds; values open under a warrant alone."""
    return {
        "kept": [
            {
                "item": one.item.value,
                "at": one.at.isoformat(),
                "grounds": [
                    {"kind": ground.kind.value, "by": ground.ref, "until": ground.until.isoformat()}
                    for ground in one.grounds
                ],
            }
            for one in service.of(db, subject)
        ],
        "holds": [
            {"id": one.id, "stage": one.stage.value, "until": one.until.isoformat()}
            for one in queries.holds_on(db, subject)
        ],
    }


@control(Clause.C6_3_2, says="An account that ends leaves nothing but what a named law keeps.")
def erase(db: Session, subject: SubjectId) -> int:
    """Erase every value of a person who leaves; what law keeps is restricted instead."""
    return service.erase(db, subject, event=Anchor.EXIT).erased
