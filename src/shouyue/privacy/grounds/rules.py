"""When a ground may take the place of another: pure decisions (INV-04)."""

from datetime import timedelta

from shouyue.privacy.policy.types import Basis

KEPT = timedelta(days=3 * 366)
"""How long an ended ground stays as proof (requirements 2.3, DI-70)."""

LONGEST_EMERGENCY = timedelta(hours=72)
UNANSWERED = timedelta(hours=24)
"""What nobody confirms in a day was no emergency."""


def may_replace(old: Basis, new: Basis) -> bool:
    """Tell whether a new basis may take an old one's place while the item is held.

    Only the person's own yes may, and only in place of what needed none: an item that rests on
    a yes is never saved by another basis after the yes is taken back.
    """
    return new.agreed and not old.agreed
