"""What a key and a ciphertext are bound to, and how a ciphertext names its key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.kit.canonical import canonical
from shouyue.privacy.keys.types import Key, Place, Root

_FORM = 1
_ID_BYTES = 26

RENEWED = timedelta(days=366)
GONE = timedelta(days=31)

PROBE = b"shouyue root probe"
PROBE_BOND = canonical({"what": "root-probe"})
PEPPER_BOND = canonical({"what": "pepper"})


def overdue(found: Sequence[Root], at: datetime) -> list[tuple[str, str]]:
    """Return alarms for roots, as kind and root id.

    A root is renewed at least once a year; the one before it is gone a month later, or backups that
    it opens outlive what was promised.
    """
    told = []
    for root in found:
        if root.newest and at - root.since > RENEWED:
            told.append(("keys.root-old", root.id))
        after = [one.since for one in found if one.newest and one.chamber == root.chamber]
        if not root.newest and at - after[0] > GONE:
            told.append(("keys.root-left", root.id))
    return told


def chamber(custody: bool) -> Chamber:  # noqa: FBT001 - a column's value
    """Return the chamber in which a key is wrapped."""
    return Chamber.CUSTODY if custody else Chamber.LIVE


def root_id(chamber: Chamber, name: str) -> str:
    """Return the id of a root version: `live.2`, and `live.s2` at a key service."""
    return f"{chamber.value}.{name}"


@lru_cache(maxsize=1024)
def key_bond(key: Key) -> bytes:
    """Return what a wrapped key is bound to: its id, its owner, its class, its suite, its kind."""
    return canonical(
        {
            "class": key.retention_class,
            "custody": key.custody,
            "key": key.id,
            "subject": key.subject,
            "suite": key.suite.value,
            "what": "data-key",
        }
    )


def bond(key: Key, place: Place) -> bytes:
    """Return what a ciphertext is bound to: its key and the place where it stands.

    Raises NotAuthentic where the place is another person's: a key seals its owner's values alone.
    """
    if place.subject != key.subject:
        raise NotAuthentic
    return canonical(
        {
            "item": place.item,
            "key": key.id,
            "row": place.row,
            "subject": place.subject,
            "suite": key.suite.value,
            "what": place.table,
        }
    )


def headed(key: Key, sealed: bytes) -> bytes:
    """Return the ciphertext behind its head: form, suite, 26 characters of the key's id."""
    return bytes([_FORM, key.suite.code]) + key.id.encode() + sealed


def body(key: Key, ciphertext: bytes) -> bytes:
    """Return the ciphertext without its head, or raise NotAuthentic where it names another key."""
    head = headed(key, b"")
    if not ciphertext.startswith(head) or len(key.id) != _ID_BYTES:
        raise NotAuthentic
    return ciphertext[len(head) :]
