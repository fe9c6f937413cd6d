"""What crosses the vault's wall: values going in, readers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.looks.types import SELF, SYSTEM, Access, Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis

__all__ = [
    "SELF",
    "SYSTEM",
    "Access",
    "Document",
    "Held",
    "Holding",
    "Keep",
    "KeepDocument",
    "Reader",
]


@dataclass(frozen=True, slots=True)
class Keep:
    """A value to keep. `source` is a word for where it came from (`portal.sign-up`)."""

    subject: SubjectId
    item: Item
    value: str = field(repr=False)
    purpose: Purpose
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class KeepDocument:
    """A photo or paper to keep; `content` is what its `media_type` says."""

    subject: SubjectId
    item: Item
    content: bytes = field(repr=False)
    media_type: str
    purpose: Purpose
    basis: Basis
    source: str


class Held(NamedTuple):
    """What is held, and nothing of the value. A purpose may have a million."""

    subject: SubjectId
    item: Item
    purpose: Purpose
    basis: Basis
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held, with the mask of the value."""

    subject: SubjectId
    item: Item
    purpose: Purpose
    basis: Basis
    at: datetime
    source: str
    masked: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is held, without its content."""

    id: str
    subject: SubjectId
    item: Item
    media_type: str
    byte_size: int
    purpose: Purpose
    basis: Basis
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How often an item is held for a purpose, since when, and when anybody last looked at it."""

    item: Item
    purpose: Purpose
    basis: Basis
    held: int
    since: datetime
    read_at: datetime | None
    unread: bool
