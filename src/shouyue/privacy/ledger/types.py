"""Values that cross the wall of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shouyue.ground.kit.types import SubjectId

Facts = Mapping[str, str | int]
"""Ids, codes, digests, moments and small numbers by name: nothing that tells of a person."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, told by opaque values: `kind` in dotted words, `consent.given`."""

    kind: str
    subject: SubjectId | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in the log. `index` is its place in the tree, None until it has one."""

    id: str
    at: datetime
    kind: str
    facts: Facts
    index: int | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment hides: with it a leaf can be read, without it only counted."""

    salt: bytes
    subject: SubjectId | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is hashed into the tree. The commitment is hex."""

    id: str
    at: datetime
    kind: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a stranger needs: leaf, opening unless blinded, proof, checkpoint, its key.

    `witnesses` are the keys of those who have signed the checkpoint too, in order of their lines.
    """

    leaf: Leaf
    opening: Opening | None
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    verifier: str
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Who has signed a checkpoint beside the log, under which key, and when by its own clock."""

    name: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's line under the checkpoint of `size` leaves."""

    size: int
    by: Witnessed
    line: str


@dataclass(frozen=True, slots=True)
class Fork:
    """A witness has signed a log of `theirs` leaves that ours, of `ours` then, is no growth of."""

    witness: str
    theirs: int
    ours: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Pins:
    """Keys that a verifier trusts: the log's, and those of witnesses, `quorum` of whom must sign.

    Without the log's key a receipt proves only what its own key has signed.
    """

    log: str | None = None
    witnesses: frozenset[str] = frozenset()
    quorum: int = 0


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt proves: the leaf, and who vouches (`origin`, `verifier`) for how many.

    `witnesses` have signed too, each under the key that stands there; trust those you pinned.
    """

    leaf: Leaf
    opening: Opening | None
    index: int
    size: int
    origin: str
    verifier: str
    witnesses: tuple[Witnessed, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A leaf in its place, with its opening unless blinded."""

    place: int
    leaf: Leaf
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the stored log: where and what, in English, without any value."""

    where: str
    what: str
