"""The last step before a look: staff need a live grant and something left of the day's budget."""

from collections.abc import Sequence

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.clearance import papers, permits
from shouyue.privacy.looks import budget
from shouyue.privacy.looks.types import Reader
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.types import Basis
from shouyue.privacy.vault import queries

_MINOR = [Item.DI_62]
"""Held about nobody but people under fourteen."""


def admit(db: Session, reader: Reader, subject: SubjectId, items: Sequence[Item]) -> str:
    """Return the grant under which the reader looks; nothing for the house and for oneself.

    Raises BudgetSpent, NoGrant, NotSigned, NotTrained, Frozen.
    """
    budget.spend(db, reader, subject)
    if reader.basis is Basis.EMERGENCY:
        papers.check_fit(db, reader.actor)  # the word of two stands for the grant, not for these
        return ""
    minor = reader.is_staff and is_minor(db, subject)
    return permits.check(db, reader, subject, items, minor=minor)


def is_minor(db: ReadSession, subject: SubjectId) -> bool:
    """Tell whether the person is known to be under fourteen."""
    return bool(queries.holdings(db, subject, _MINOR) or queries.documents(db, subject, _MINOR))
