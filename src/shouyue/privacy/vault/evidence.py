"""What the vault leaves behind: a ledger leaf for each act, an access row for each look.

Ids, item codes and words only. A leaf that cannot be appended stops the act (INV-02).
"""

from collections.abc import Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session
from shouyue.privacy.keys.types import Key
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger.types import Fact
from shouyue.privacy.looks import service as looks
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault import queries
from shouyue.privacy.vault.tables import SealedDocument
from shouyue.privacy.vault.types import Reader


def kept(db: Session, row: queries.HeldRow | SealedDocument, under: str) -> str:
    """Write down that a value or document was kept, on what ground, under which law or contract."""
    facts: dict[str, str | int] = {
        "item": row.item,
        "row": row.id,
        "key": row.key,
        "purpose": row.purpose,
        "basis": row.basis,
        "source": row.source,
    }
    facts |= {"under": under} if under else {}
    return ledger.append(db, Fact("vault.kept", SubjectId(row.subject), facts))


def looked(
    db: Session, kind: str, look: tuple[SubjectId, Sequence[Item]], reader: Reader, permit: str
) -> None:
    """Write down a look at somebody's items before anything is released, with its grant."""
    looked_all(db, kind, [(*look, reader, permit)])


def looked_all(
    db: Session, kind: str, seen: Sequence[tuple[SubjectId, Sequence[Item], Reader, str]]
) -> None:
    """Write down the looks of one act, at many or on many grounds, before any is released."""
    codes = [sorted({item.value for item in items}) for _, items, _, _ in seen]
    facts = [
        Fact(kind, of, _look(theirs, reader, permit))
        for theirs, (of, _, reader, permit) in zip(codes, seen, strict=True)
    ]
    leaves = ledger.append_all(db, facts)
    both = zip(codes, seen, leaves, strict=True)
    looks.note(db, [(of, items, who, leaf, by) for items, (of, _, who, by), leaf in both])


def _look(codes: Sequence[str], reader: Reader, permit: str) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "actor": reader.actor,
        "role": reader.role,
        "purpose": reader.purpose.value,
        "basis": reader.basis.value,
        "items": ",".join(codes),
    }
    told = {"case": reader.case, "reason": reader.reason, "grant": permit}
    return facts | {name: word for name, word in told.items() if word}


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
