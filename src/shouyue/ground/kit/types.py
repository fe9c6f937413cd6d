"""The types that every room speaks: time, ids and dice as arguments, never as globals."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

SubjectId = NewType("SubjectId", str)
"""A person, as 26 characters that mean nothing. The only way a person crosses a wall."""

Clock = Callable[[], datetime]
"""Answers the present moment, aware, in UTC."""

NewId = Callable[[], str]
"""Makes a fresh 26-character id, sortable by the time it was made."""

Dice = Callable[[int], bytes]
"""Answers so many unpredictable bytes."""

Lang = str
"""`zh` or `en`."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an act needs from the world besides its arguments. Fakes in tests, real in assembly."""

    clock: Clock
    new_id: NewId
    dice: Dice
