"""Pure decisions about reviewing: how long it may take, and when a company is looked at again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shouyue.ground.kit import calendar
from shouyue.platform.onboarding.types import CaseState
from shouyue.platform.papers.types import Term

WITH_OTHERS = frozenset(
    {
        CaseState.DRAFT,
        CaseState.SUBMITTED,
        CaseState.AUTO_CHECK,
        CaseState.SUBJECT_CONFIRM,
        CaseState.NEED_MORE,
    }
)
"""States of a case that is no reviewer's yet, or no more for now: not even its masks are theirs."""

REVIEW_DAYS = 3
PHOTO_LIFE = timedelta(days=30)
REVERIFY_EVERY = timedelta(days=180)
"""No more than six months between two checks (2.1.2.a)."""
REVERIFY_GRACE = timedelta(days=30)
EXPIRY_NOTICE = timedelta(days=30)


def next_check(decided: datetime, terms: Iterable[Term]) -> datetime:
    """Return when a certified company is looked at again: in 180 days, or before a paper lapses.

    A paper that lapses sooner than its 30 days of notice is looked at the next day.
    """
    moments = [decided + REVERIFY_EVERY]
    for term in terms:
        if term.until is not None:
            last = datetime.combine(term.until, datetime.min.time(), calendar.BEIJING)
            moments.append(max(last - EXPIRY_NOTICE, decided + timedelta(days=1)))
    return min(moments)
