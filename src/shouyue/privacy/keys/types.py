"""What crosses the wall: keys by id, places of ciphertexts, warrants."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shouyue.ground.hazmat.keyring import Chamber
from shouyue.ground.hazmat.suites import Suite
from shouyue.ground.kit.types import SubjectId


@dataclass(frozen=True, slots=True)
class Key:
    """A key as others see it: its id and what it is for. The key itself stays in this room."""

    id: str
    subject: SubjectId
    retention_class: str
    suite: Suite
    custody: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext stands. It opens in this table, row, subject and item alone."""

    table: str
    row: str
    subject: str
    item: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A ciphertext at its place: under which key, what it was kept for, and since when.

    `media_type` is empty for a value; a document has one. `basis` is the word of the holding.
    """

    place: Place
    key: str
    sealed: bytes = field(repr=False)
    media_type: str
    basis: str
    at: datetime


class Need(StrEnum):
    """For what a value in custody may be opened (PIPL 47: storage and security measures only)."""

    AUTHORITY = "authority"
    LEGAL_CLAIM = "legal-claim"
    SECURITY = "security"
    ERASE = "erase"


class Cause(StrEnum):
    """Why a key was destroyed; the word stands in the certificate for ever."""

    ERASED = "erased"  # the person's wish, or a room's verb on the person's behalf
    EXPIRED = "expired"  # the keeping time was over
    RESTRICTED = "restricted"  # the value went into custody under another key
    RESEALED = "resealed"  # the value went to another suite
    RETIRED = "retired"  # two members of staff destroyed a whole retention class
    REPLAYED = "replayed"  # a restored database brought the key back


MOVED = frozenset({Cause.RESTRICTED, Cause.RESEALED})
"""After these the value lives on under another key of the person."""


@dataclass(frozen=True, slots=True)
class Warrant:
    """The right to open one value in custody: what for, and by which statute or hold.

    `ground` is a word without blanks (`CSL-49`, the id of a hold): it goes into the evidence.
    """

    need: Need
    ground: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a key: nothing that leads to a person. `leaf` is its certificate."""

    key: str
    retention_class: str
    suite: Suite
    custody: bool
    cause: Cause
    at: datetime
    leaf: str


class Doomed(StrEnum):
    """What two people destroy."""

    ROOT = "root"
    CLASS = "class"


class Stage(StrEnum):
    """Where a request to destroy stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DROPPED = "dropped"  # turned down or taken back
    REFUSED = "refused"  # approved, but keys rest on the root again
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Destruction:
    """A request to destroy a root version or a retention class, with its two people by id."""

    id: str
    doomed: Doomed
    target: str
    stage: Stage
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Root:
    """A root version, how many keys rest on it, and whether it could go (`idle`)."""

    id: str
    since: datetime
    keys: int
    newest: bool
    idle: bool

    @property
    def chamber(self) -> str:
        """The word before the point in its id."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key on its way to a newer root; without an id it is the pepper."""

    id: str
    chamber: Chamber
    wrapped: bytes = field(repr=False)
    bond: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Anew:
    """A key under the newest root, or None where the old one does not open."""

    old: Wrapped
    fresh: bytes | None = field(repr=False)
