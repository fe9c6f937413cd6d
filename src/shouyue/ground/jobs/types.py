"""What crosses the wall of the job room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Args = Mapping[str, str | int]
"""Ids, codes and small numbers by name; never a personal value."""


class State(StrEnum):
    """Where a job stands. A finished job has no row: what it did is in its own room's rows."""

    WAITING = "waiting"
    LEASED = "leased"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as its answer sees it. `attempt` counts from 1."""

    id: str
    name: str
    subject_ref: str  # the `subject` argument, or empty
    args: Args
    attempt: int
    due: datetime


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job about to be written."""

    id: str
    name: str
    args: Args
    due: datetime
    once: str | None


@dataclass(frozen=True, slots=True)
class Dead:
    """A job that failed too often. `error` is a class name."""

    job: Job
    error: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A job and the token under which it was claimed. Only the newest token may settle."""

    job: Job
    token: str


class Again(Exception):  # noqa: N818 - a wish, not an error
    """Run this job again after a while. Raised, the answer's writes are undone; returned, kept.

    A room that answers so owns its retry times and decides itself when to give up.
    """

    def __init__(self, after: timedelta) -> None:
        """Take the time to wait; less than a second counts as one."""
        super().__init__()
        self.after = after
