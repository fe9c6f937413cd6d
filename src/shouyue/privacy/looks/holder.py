"""The looks room's part in a person's rights: who looked is proof, and shown in the overview."""

from collections.abc import Mapping

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session

name = "looks"
tables: Mapping[str, str] = {
    "vault_access": "who looked is proof for three years (DI-71, PIPL 51, 54)",
}


def export(_db: Session, _subject: SubjectId) -> Mapping[str, Plain]:
    """Return nothing: the overview tells each look in words, with its grant."""
    return {}


def erase(_db: Session, _subject: SubjectId) -> int:
    """Erase nothing: who looked is proof (DI-71)."""
    return 0
