"""Pure rules of the ledger: what may be written, what is hashed, when a receipt holds."""

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from shouyue.ground.hazmat import merkle, notes, suites
from shouyue.ground.hazmat.errors import NotAuthentic
from shouyue.ground.hazmat.merkle import Node
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.canonical import Plain, canonical
from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.ledger.errors import NotOpaque
from shouyue.privacy.ledger.types import (
    Cosignature,
    Fact,
    Facts,
    Leaf,
    Opening,
    Pins,
    Receipt,
    Verified,
    Witnessed,
)

VERSION = 1
SALT_BYTES = 32
RECEIPT_BYTES = 64 * 1024
"""No receipt is longer; more is refused before it is read."""

_KIND = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_DIGEST = re.compile(r"(?:sha256:|sm3:)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
_LONG_NUMBER = re.compile(r"[0-9]{11}|(?<![0-9])1[3-9][0-9][-_.:/]?[0-9]{4}[-_.:/]?[0-9]{4}")
_PUNCTUATED_NUMBER = re.compile(r"(?:[0-9]+[-_:/])+[0-9]+")
_STRIDE = 4
_KIND_CHARS = 64
_VALUE_CHARS = 512
_NUMBER_LIMIT = 10**10  # eleven digits could be a phone
_PUNCTUATED_DIGITS = 7


def check(fact: Fact) -> None:
    """Return if the fact is opaque in every part; raise NotOpaque otherwise."""
    if len(fact.kind) > _KIND_CHARS or not _KIND.fullmatch(fact.kind):
        raise NotOpaque(name="kind")
    if fact.subject is not None and not _ID.fullmatch(fact.subject):
        raise NotOpaque(name="subject")
    for name, value in fact.facts.items():
        if not _NAME.fullmatch(name):
            raise NotOpaque(name="name")
        if not opaque(value):
            raise NotOpaque(name=name)


def opaque(value: str | int) -> bool:
    """Tell whether a value is an id, a code, a digest, a moment or a number of ten digits at most.

    Digests are hex of 32, 40 or 64 characters. Several values may be joined by commas, and
    there may be none. What looks like a phone, a document number, a network or a mail address,
    a sentence or a name in Chinese is not opaque.
    """
    if isinstance(value, int):
        return abs(value) < _NUMBER_LIMIT
    return len(value) <= _VALUE_CHARS and all(map(_opaque_part, value.split(",") if value else ()))


def _opaque_part(part: str) -> bool:
    if any(form.fullmatch(part) for form in (_ID, _DIGEST, _MOMENT)):
        return True
    if not _WORD.fullmatch(part) or _LONG_NUMBER.search(part) or _is_address(part):
        return False
    digits = sum(map(str.isdigit, part))
    return digits < _PUNCTUATED_DIGITS or not _PUNCTUATED_NUMBER.fullmatch(part)


def _is_address(part: str) -> bool:
    if "." not in part and ":" not in part:
        return False
    try:
        ipaddress.ip_address(part.split("/", maxsplit=1)[0])
    except ValueError:
        return False
    return True


def commitment(opening: Opening) -> str:
    """Return the hex SHA-256 of the salt and the canonical subject and facts."""
    told = canonical({"subject": opening.subject, "facts": opening.facts})
    return suites.digest(Suite.AES, opening.salt, told).hex()


def leaf_hash(leaf: Leaf) -> bytes:
    """Return the hash of the leaf's bytes."""
    return merkle.leaf_hash(leaf_bytes(leaf))


def leaf_bytes(leaf: Leaf) -> bytes:
    """Return the leaf's canonical JSON: what is hashed, and what the public log shows."""
    return canonical(_leaf(leaf))


def grow(
    size: int, tops: Sequence[bytes], hashes: Sequence[bytes]
) -> tuple[dict[Node, bytes], bytes]:
    """Return the subtrees that new leaves complete, and the new root.

    `tops` are the hashes of the peaks of the tree of `size` so far.
    """
    made: dict[Node, bytes] = {}
    stack = list(zip(merkle.peaks((0, size)), tops, strict=True))
    for place, total in enumerate(hashes, size):
        node: Node = (0, place)
        made[node] = total
        stack.append((node, total))
        while len(stack) > 1 and stack[-1][0][0] == stack[-2][0][0]:
            _, right = stack.pop()
            (level, left_place), left = stack.pop()
            node, joined = (level + 1, left_place >> 1), merkle.node_hash(left, right)
            made[node] = joined
            stack.append((node, joined))
    return made, merkle.fold([total for _, total in stack])


def is_stored(node: Node) -> bool:
    """Tell whether the hash of a complete subtree is kept: on every fourth level, not of leaves."""
    return node[0] > 0 and node[0] % _STRIDE == 0


def stored_under(node: Node) -> list[Node]:
    """Return the subtrees that are kept, or leaves, whose root is the hash of this one."""
    level, place = node
    deep = level % _STRIDE
    return [(level - deep, (place << deep) + nth) for nth in range(1 << deep)]


def write(receipt: Receipt) -> bytes:
    """Return the receipt as canonical JSON, hashes in hex."""
    return canonical(plain(receipt))


def best_witnessed(given: Sequence[Cosignature]) -> list[Cosignature]:
    """Return one cosignature a witness under the checkpoint that most witnesses have signed.

    `given` comes largest tree and newest first; of equals the first wins. By name, so that the
    same lines make the same receipt.
    """
    by_size: dict[int, dict[str, Cosignature]] = {}
    for one in given:
        by_size.setdefault(one.size, {}).setdefault(one.by.key, one)
    best = max(by_size.values(), key=len, default={})
    return sorted(best.values(), key=lambda one: (one.by.name, one.by.key))


def witnessed(bundle: Receipt, pins: Pins) -> tuple[Witnessed, ...]:
    """Return who has signed beside the log; NotAuthentic for a bad line or too few that we trust.

    Each line is checked under a key in the receipt, so that no byte of it may change, whether its
    witness is pinned or not.
    """
    times = notes.cosigned(bundle.checkpoint, bundle.witnesses)
    if len(pins.witnesses & set(bundle.witnesses)) < pins.quorum:
        raise NotAuthentic
    both = zip(bundle.witnesses, times, strict=True)
    return tuple(Witnessed(notes.cosigner(key), key, at) for key, at in both)


def verify(bundle: Receipt, pins: Pins) -> Verified:
    """Return what the receipt proves, or raise NotAuthentic for any flaw; needs nothing else.

    Without a pinned key of the log it proves only that whoever holds the key in the receipt
    vouches for it.
    """
    if pins.log is not None and bundle.verifier != pins.log:
        raise NotAuthentic
    checkpoint = notes.verify_checkpoint(bundle.checkpoint, bundle.verifier)
    # A line that is of neither log nor witness would be a part that nothing vouches for.
    witnesses = witnessed(bundle, pins)
    if bundle.opening is not None and commitment(bundle.opening) != bundle.leaf.commitment:
        raise NotAuthentic
    merkle.verify_inclusion(
        leaf_hash(bundle.leaf), bundle.index, checkpoint.size, bundle.proof, checkpoint.root
    )
    return Verified(
        bundle.leaf,
        bundle.opening,
        bundle.index,
        checkpoint.size,
        checkpoint.origin,
        bundle.verifier,
        witnesses,
    )


def read(text: bytes) -> Receipt:
    """Return the receipt if the bytes are exactly what `write` makes of it."""
    if len(text) > RECEIPT_BYTES:
        raise NotAuthentic
    try:
        found = json.loads(text)
        opening = found["opening"]
        receipt = Receipt(
            leaf=_read_leaf(found["leaf"]),
            opening=None if opening is None else _read_opening(opening),
            index=int(found["index"]),
            proof=tuple(bytes.fromhex(part) for part in found["proof"]),
            checkpoint=str(found["checkpoint"]),
            verifier=str(found["verifier"]),
            witnesses=tuple(map(str, found.get("witnesses", ()))),
        )
        # One receipt, one spelling: whatever this reading passed over shows here.
        if write(receipt) != text:
            raise NotAuthentic
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise NotAuthentic from None
    return receipt


def _read_leaf(found: Mapping[str, str]) -> Leaf:
    at = datetime.fromisoformat(found["at"])
    return Leaf(found["id"], at, found["kind"], found["commitment"])


def _read_opening(found: Mapping[str, str | Facts | None]) -> Opening:
    subject, facts = found["subject"], found["facts"]
    salt = bytes.fromhex(str(found["salt"]))
    if not isinstance(facts, dict) or not all(isinstance(one, str | int) for one in facts.values()):
        raise TypeError
    if len(salt) != SALT_BYTES:
        raise ValueError
    return Opening(salt, None if subject is None else SubjectId(str(subject)), facts)


def _leaf(leaf: Leaf) -> dict[str, Plain]:
    return {
        "v": VERSION,
        "id": leaf.id,
        "at": leaf.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": leaf.kind,
        "commitment": leaf.commitment,
    }


def plain(receipt: Receipt) -> dict[str, Plain]:
    """Return the receipt as values for JSON, hashes in hex."""
    opening = receipt.opening
    return {
        "v": VERSION,
        "leaf": _leaf(receipt.leaf),
        "opening": None
        if opening is None
        else {"salt": opening.salt.hex(), "subject": opening.subject, "facts": opening.facts},
        "index": receipt.index,
        "proof": [part.hex() for part in receipt.proof],
        "checkpoint": receipt.checkpoint,
        "verifier": receipt.verifier,
        **({"witnesses": list(receipt.witnesses)} if receipt.witnesses else {}),
    }
