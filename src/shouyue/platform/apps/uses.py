"""When secrets were used last: gathered in memory, written by the hour, off the way of calls."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from shouyue.ground.store.session import Session
from shouyue.platform.apps import queries

EVERY = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_MOST = 100_000

Uses = Mapping[str, datetime]
"""Moments by the id of the secret."""


class Wear:
    """One per gateway. `note` from its event loop, the rest from whoever writes."""

    def __init__(self) -> None:
        """Start with nothing used."""
        self._waiting: dict[str, datetime] = {}
        self._written: dict[str, datetime] = {}

    def note(self, secret_id: str, at: datetime) -> None:
        """Remember a use, unless one of the same hour is remembered or written."""
        known = self._waiting.get(secret_id) or self._written.get(secret_id, _NEVER)
        if at - known >= EVERY:
            self._waiting[secret_id] = at

    def waiting(self) -> Uses:
        """Return what is to be written."""
        return dict(self._waiting)

    def written(self, uses: Uses) -> None:
        """Forget what has been committed."""
        if len(self._written) >= _MOST:
            self._written = {}
        for secret_id, at in uses.items():
            self._written[secret_id] = at
            if self._waiting.get(secret_id) == at:
                del self._waiting[secret_id]


def write(db: Session, uses: Uses) -> None:
    """Write uses down, each rounded down to its hour: nobody needs to know the minute."""
    for secret_id, at in sorted(uses.items()):
        queries.used(db, secret_id, at.replace(minute=0, second=0, microsecond=0))
