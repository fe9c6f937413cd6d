"""What crosses the wall of the room of oversight."""

from dataclasses import dataclass

from shouyue.privacy.statutes.types import Duty
from shouyue.privacy.vault.types import Held, Usage

__all__ = ["Held", "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """An item that is held for a purpose on a basis, and the article that carries it, if one."""

    usage: Usage
    duty: Duty | None
