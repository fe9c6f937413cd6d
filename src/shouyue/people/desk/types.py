"""What crosses the wall of the desk."""

from dataclasses import dataclass

from shouyue.ground.kit.types import SubjectId
from shouyue.privacy.policy.items import Item
from shouyue.privacy.vault.sealed import Sealed


@dataclass(frozen=True, slots=True)
class Line:
    """One item that a grant reaches about one person; nothing is masked where nothing is held."""

    subject: SubjectId
    item: Item
    masked: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One opened value."""

    item: Item
    value: Sealed[str]
