"""What doors and ways out notice, counted in memory until somebody writes it down.

A flood of junk costs a lock and an addition each, and at most a fixed number of rows: whoever sends
it neither slows the door nor fills the table. What a killed process had not written yet is lost;
each note is also of a kind that its own log or refusal shows.
"""

import re
import threading
from collections import Counter
from collections.abc import Mapping

from shouyue.ground.jobs import service as jobs
from shouyue.ground.store.session import Session
from shouyue.people.alarms import rules, service

Key = tuple[str, str, str]
"""Kind, where and about."""

_UNFIT = re.compile(r"[^A-Za-z0-9_.:/-]")
"""What no job's argument may hold: one place with a blank in it would hold up every other note."""


class Notes:
    """Counts by kind, place and id. Threads may share one."""

    def __init__(self) -> None:
        """Start with nothing noticed."""
        self._counts: Counter[Key] = Counter()
        self._lock = threading.Lock()

    def note(self, kind: str, where: str, about: str = "") -> None:
        """Count one. Beyond a thousand different ones, ids are no longer told apart."""
        with self._lock:
            key = (kind, where, about)
            if key not in self._counts and len(self._counts) >= rules.MOST_NOTED:
                key = (kind, where, rules.OTHERS)
            self._counts[key] += 1

    def take(self) -> Mapping[Key, int]:
        """Return what was noticed since the last time, and begin anew."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, taken: Mapping[Key, int]) -> None:
        """Count again what could not be written down."""
        with self._lock:
            self._counts.update(taken)


def write(db: Session, taken: Mapping[Key, int]) -> None:
    """Raise one alarm for each key, in the caller's transaction."""
    for (kind, where, about), times in sorted(taken.items()):
        place, what = _UNFIT.sub("-", where), _UNFIT.sub("-", about)
        args: dict[str, str | int] = {"kind": kind, "where": place, "about": what, "times": times}
        jobs.enqueue(db, service.RAISED, args)
