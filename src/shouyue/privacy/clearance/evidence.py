"""What the clearance room leaves behind: a leaf for each act about a grant or a member's papers."""

from shouyue.ground.store.session import Session
from shouyue.privacy.clearance.tables import ClearanceGrant
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact


def write(db: Session, kind: str, facts: dict[str, str | int]) -> None:
    """Write an act down; without the leaf it has not happened (INV-02)."""
    db.flush()
    ledger.append(db, Fact(f"clearance.{kind}", None, facts))


def of_grant(db: Session, kind: str, row: ClearanceGrant, by: str) -> None:
    """Write down what somebody did about a grant."""
    facts: dict[str, str | int] = {
        "grant": row.id,
        "way": row.way,
        "member": row.member,
        "post": row.post,
        "purpose": row.purpose,
        "minutes": row.minutes,
        "minors": int(row.minors),
        "by": by,
    }
    told = {"case": row.case, "need": row.need, "why": row.why, "verdict": row.verdict}
    write(db, kind, facts | {name: word for name, word in told.items() if word})
