"""Certificates: the proof that a key was destroyed, checked by a stranger without the house.

A certificate is the ledger's receipt for a leaf that names a random key id, its class, its suite,
the cause and the moment, and nobody. Who holds something sealed under that key, in a backup too,
learns from the head of the ciphertext that it is this key that is gone.
"""

from datetime import datetime

from shouyue.ground.store.session import ReadSession
from shouyue.privacy.keys import queries
from shouyue.privacy.keys.errors import NoSuchCertificate
from shouyue.privacy.keys.types import Tombstone
from shouyue.privacy.ledger import service as ledger


def receipt(db: ReadSession, key_id: str) -> bytes:
    """Return the receipt of a key's destruction as canonical JSON, for `ledger.verify`.

    Raises NoSuchCertificate where no such key was destroyed, NotYetIntegrated for a moment after.
    """
    stone = queries.destroyed(db, key_id)
    if stone is None:
        raise NoSuchCertificate
    return ledger.receipt(db, stone.leaf)


def since(db: ReadSession, moment: datetime) -> list[Tombstone]:
    """Return what is left of keys destroyed at a moment or after it, in the order of time.

    For the erasure journal outside the database: whoever copies asks again with the last moment
    and passes over what is there already.
    """
    return queries.tombstones(db, moment)


def latest(db: ReadSession, most: int = 10) -> list[Tombstone]:
    """Return what is left of the keys destroyed last, the newest first."""
    return queries.latest_tombstones(db, most)


def count(db: ReadSession) -> int:
    """Return how many keys were ever destroyed."""
    return queries.count_destroyed(db)
