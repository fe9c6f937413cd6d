"""Where the vault's ciphertexts stand, and the digests by which holdings are found."""

from collections.abc import Collection

from shouyue.ground.hazmat import suites
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.errors import Met
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.keys import service as keys
from shouyue.privacy.keys.types import Key, Place, Stored
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import ItemRule
from shouyue.privacy.shapes.forms import normal
from shouyue.privacy.vault import queries
from shouyue.privacy.vault.tables import WAYS_IN, SealedDocument, VaultHolding

_Row = queries.HeldRow | SealedDocument


def place(row: _Row) -> Place:
    """Return where a row's ciphertext stands; it opens nowhere else."""
    kind = SealedDocument if isinstance(row, SealedDocument) else VaultHolding
    return Place(kind.__tablename__, row.id, row.subject, row.item)


def stored(db: Session, subject: SubjectId, items: Collection[Item]) -> list[Stored]:
    """Return the ciphertexts of the items, their keys locked: what custody takes over."""
    keys.live(db, subject)
    held, papers = queries.holdings(db, subject, items), queries.documents(db, subject, items)
    return [Stored(place(row), row.key, row.sealed, "", row.basis, row.at) for row in held] + [
        Stored(place(row), row.key, content, row.media_type, row.basis, row.at)
        for row, content in ((row, db.objects.get(row.object_name)) for row in papers)
    ]


def seal(db: Session, row: _Row, key: Key, plain: bytes) -> bytes:
    """Return the plain bytes sealed for their row."""
    return keys.seal(db, key, place(row), plain)


def unseal(db: ReadSession, row: _Row, sealed: bytes) -> bytes:
    """Return the plain bytes of a row, or raise SealBroken where they were moved or changed."""
    return keys.unseal(db, row.key, place(row), sealed)


def index(db: Session, rule: ItemRule, value: str, subject: SubjectId) -> str:
    """Return the blind-index digest for a value about to be kept, in the ring's suite.

    Raises Met where somebody else comes in by this value: two suites give it two digests, which
    a unique index does not see as one. So whoever keeps a way in takes its turn under a mark that
    is the same in every suite, and stored nowhere.
    """
    spelled = normal(rule.mask, value).encode()
    if rule.id in WAYS_IN:
        queries.take_turn(db, _mark(db, rule, spelled))
        others = [_digest(db, rule, spelled, suite) for suite in Suite if suite != db.keys.suite]
        if queries.taken(db, rule.id, others, subject):
            raise Met
    return _digest(db, rule, spelled, db.keys.suite)


def digest(db: ReadSession, rule: ItemRule, value: str) -> str:
    """Return the blind-index digest of a value in the ring's suite."""
    return _digest(db, rule, normal(rule.mask, value).encode(), db.keys.suite)


def digests(db: ReadSession, rule: ItemRule, value: str) -> list[str]:
    """Return the digests of a value in every suite, so that old rows are found too."""
    spelled = normal(rule.mask, value).encode()
    return [_digest(db, rule, spelled, suite) for suite in Suite]


def _mark(db: ReadSession, rule: ItemRule, spelled: bytes) -> int:
    mark = suites.mac(Suite.AES, db.keys.named(f"way-in:{rule.id.value}"), spelled)
    return int.from_bytes(mark[:8], "big", signed=True)


def _digest(db: ReadSession, rule: ItemRule, spelled: bytes, suite: Suite) -> str:
    return suites.mac(suite, db.keys.named(f"blind-index:{rule.id.value}"), spelled).hex()
