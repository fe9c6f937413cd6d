"""The grounds' part in a person's rights: told in full, gone when proof is due no more."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.grounds import queries, rules, service

name = "grounds"
tables: Mapping[str, str] = {
    "ground": "why something was held is proof for three years (PIPL 54, 69)",
    "contract_party": "",
    "purpose_switch": "",
    "emergency": "who opened what in an emergency is proof (DI-71, PIPL 54)",
}


def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return why each item was held, contracts, purposes switched off, and emergencies."""
    return {
        "grounds": [
            {
                "item": one.item.value,
                "purpose": one.purpose.value,
                "basis": one.basis.value,
                "under": one.under,
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in service.history(db, subject)
        ],
        "contracts": queries.contracts(db, subject),
        "switched_off": sorted(purpose.value for purpose in service.switched_off(db, subject)),
        "emergencies": [
            {
                "danger": one.danger.value,
                "items": [item.value for item in one.items],
                "stage": one.stage.value,
                "asked_at": one.asked_at.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in queries.emergencies_about(db, subject)
        ],
    }


def erase(db: Session, subject: SubjectId) -> int:
    """End the person's contracts and switches. Ended grounds stay as proof for three years."""
    queries.leave(db, subject)
    queries.drop_switches(db, [subject])
    return 0


def expire(db: Session) -> int:
    """Delete grounds that ended more than three years ago, whoever they are about."""
    return queries.drop_ended(db, db.clock() - rules.KEPT)
