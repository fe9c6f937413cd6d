"""What every room that keeps rows about people promises: to show them, and to erase them.

A room implements the protocol in its `holder` module; assembly lists the holders in a plain
tuple, which is all that rights and retention see. A new room joins by declaring, and has to: the
house does not open while a table about people has no holder.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shouyue.ground.kit.canonical import Plain
from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import Session


class Holder(Protocol):
    """One room's answer to a person's rights (PIPL 45, 47)."""

    @property
    def name(self) -> str:
        """The room, as it is named in plans and certificates (`vault`)."""
        ...

    @property
    def tables(self) -> Mapping[str, str]:
        """Tables about people that it answers for, each with why rows outlive `erase`, if they do.

        A reason names the duty or the evidence; an empty one promises that no row is left.
        """
        ...

    def export(self, db: Session, subject: SubjectId) -> Mapping[str, Plain]:
        """Return all that the room holds about the person, and about nobody else."""
        ...

    def erase(self, db: Session, subject: SubjectId) -> int:
        """Erase what no duty keeps, and return how many rows went. Doing it twice is safe."""
        ...


Holders = Sequence[Holder]
"""The registry: a tuple made by assembly, in the order in which rooms are asked."""
