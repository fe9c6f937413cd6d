"""The clearance room's part in a person's rights: which grants reached them."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.clearance import grants

name = "clearance"
tables: Mapping[str, str] = {
    "clearance_reach": "whom staff could look at is proof for three years (DI-71, PIPL 51, 54)",
}


def export(db: Session, subject: SubjectId) -> Mapping[str, Plain]:
    """Return the grants that reached the person: as what, what for, when, and what of theirs."""
    return {
        "grants": [
            {
                "id": grant.id,
                "way": grant.way.value,
                "stage": grant.stage.value,
                "post": grant.post,
                "purpose": grant.purpose.value,
                "items": [item.value for item in grant.reach[subject]],
                "asked_at": grant.asked_at.isoformat(),
                "until": grant.until.isoformat() if grant.until else "",
                "looks": used,
            }
            for grant, used in grants.reaching(db, subject)
        ]
    }


def erase(_db: Session, _subject: SubjectId) -> int:
    """Erase nothing: who could look is proof, kept as long as the looks themselves (DI-71)."""
    return 0
