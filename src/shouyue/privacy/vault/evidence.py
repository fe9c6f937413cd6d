"""What the vault leaves behind: a ledger leaf for each act, an access row for each look.

Ids, item codes and words only. A leaf that cannot be appended stops the act (INV-02).
"""

from collections.abc import Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.keys.types import Key
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault.tables import SealedDocument, VaultAccess, VaultHolding
from shouyue.privacy.vault.types import Reader


def kept(db: Session, row: VaultHolding | SealedDocument) -> str:
    """Write down that a value or document was kept, and on what ground."""
    facts: dict[str, str | int] = {
        "item": row.item,
        "row": row.id,
        "key": row.key,
        "purpose": row.purpose,
        "basis": row.basis,
        "source": row.source,
    }
    return ledger.append(db, Fact("vault.kept", SubjectId(row.subject), facts))


def looked(
    db: Session, kind: str, subject: SubjectId, items: Sequence[Item], reader: Reader
) -> str:
    """Write down a look before anything is released; return the ledger leaf."""
    codes = sorted({item.value for item in items})
    facts: dict[str, str | int] = {
        "actor": reader.actor,
        "role": reader.role,
        "purpose": reader.purpose.value,
        "basis": reader.basis.value,
        "items": ",".join(codes),
    }
    facts |= {"case": reader.case} if reader.case else {}
    facts |= {"reason": reader.reason} if reader.reason else {}
    leaf = ledger.append(db, Fact(kind, subject, facts))
    db.add(
        VaultAccess(
            id=db.new_id(),
            at=db.clock(),
            subject=subject,
            actor=reader.actor,
            role=reader.role,
            purpose=reader.purpose.value,
            basis=reader.basis.value,
            case=reader.case,
            reason=reader.reason,
            items=codes,
            leaf=leaf,
        )
    )
    db.flush()
    return leaf


def forgotten(db: Session, subject: SubjectId, items: Sequence[str]) -> None:
    """Write down that items were erased."""
    ledger.append_all(db, [Fact("vault.forgotten", subject, {"item": item}) for item in items])


def shredded(db: Session, keys: Sequence[Key], certificates: Sequence[str]) -> None:
    """Write down that keys of a person were destroyed; their certificates name nobody."""
    told = []
    for key, leaf in zip(keys, certificates, strict=True):
        facts = {"key": key.id, "class": key.retention_class, "certificate": leaf}
        told.append(Fact("vault.shredded", key.subject, facts))
    ledger.append_all(db, told)


def switched(db: Session, subject: SubjectId, purpose: str, *, on: bool) -> str:
    """Write down that a purpose was switched."""
    facts: dict[str, str | int] = {"purpose": purpose, "state": "on" if on else "off"}
    return ledger.append(db, Fact("vault.switched", subject, facts))
