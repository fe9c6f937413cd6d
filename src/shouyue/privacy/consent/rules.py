"""How events become a state. Pure: the same events and moment always give the same answer.

A state is never stored. What was recorded stays, so a withdrawal makes nothing before it
unlawful and changes nothing before it (PIPL 15, INV-13).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shouyue.privacy.consent.types import ConsentState

COOL_DOWN = timedelta(hours=48)
TOKEN_LIFE = timedelta(minutes=30)

CAN_END = frozenset({ConsentState.GIVEN, ConsentState.STALE})
_ANSWERS = frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.WITHDRAWN})
_NOES = frozenset({ConsentState.REFUSED, ConsentState.WITHDRAWN})
_ONCE_YES = frozenset(
    {ConsentState.GIVEN, ConsentState.STALE, ConsentState.EXPIRED, ConsentState.WITHDRAWN}
)


class Mark(Protocol):
    """As much of an event as the fold looks at."""

    @property
    def id(self) -> str: ...  # noqa: D102 - a field
    @property
    def at(self) -> datetime: ...  # noqa: D102 - a field
    @property
    def state(self) -> ConsentState: ...  # noqa: D102 - a field
    @property
    def until(self) -> datetime | None: ...  # noqa: D102 - a field


_M = TypeVar("_M", bound=Mark)


def in_order(marks: Iterable[_M]) -> list[_M]:
    """Return the marks as they count: by time, and by id where two share a moment."""
    return sorted(marks, key=lambda mark: (mark.at, mark.id))


def step(state: ConsentState, event: ConsentState) -> ConsentState:
    """Return the state after one event.

    A person's answer always counts. What the house adds can only take a yes away: being asked
    moves nothing but silence, staleness and expiry touch only a yes, and a yes found invalid
    stays invalid even where it had been withdrawn.
    """
    if event in _ANSWERS:
        return event
    if event is ConsentState.VOID:
        return event if state in _ONCE_YES else state
    if event is ConsentState.ASKED:
        return event if state is ConsentState.NONE else state
    return event if state is ConsentState.GIVEN else state


def state_of(marks: Iterable[Mark], at: datetime) -> ConsentState:
    """Return the state at a moment; events after it are not seen."""
    return _fold(marks, at)[0]


def since(marks: Iterable[Mark], at: datetime) -> datetime | None:
    """Return since when a yes has been in force without a break; None where none is."""
    state, begun = _fold(marks, at)
    return begun if state is ConsentState.GIVEN else None


def may_ask(marks: Iterable[Mark], at: datetime, *, by_person: bool) -> bool:
    """Tell whether to ask: 48 hours after a no only if the person starts it (0.3, INV-10)."""
    answers = [mark for mark in in_order(marks) if mark.state in _ANSWERS and mark.at <= at]
    if by_person or not answers:
        return True
    last = answers[-1]
    return last.state not in _NOES or at - last.at >= COOL_DOWN


def moment_after(marks: Iterable[Mark], now: datetime) -> datetime:
    """Return a moment that is later than every mark, even when the clock has stepped back."""
    last = max((mark.at for mark in marks), default=None)
    return now if last is None or now > last else last + timedelta(microseconds=1)


def present(marks: Iterable[Mark], now: datetime) -> datetime:
    """Return the moment that sees every mark: now, or the last mark if the clock stepped back."""
    return max((mark.at for mark in marks if mark.at > now), default=now)


def _aged(state: ConsentState, until: datetime | None, at: datetime) -> ConsentState:
    over = state is ConsentState.GIVEN and until is not None and until <= at
    return ConsentState.EXPIRED if over else state


def _fold(marks: Iterable[Mark], at: datetime) -> tuple[ConsentState, datetime | None]:
    """Return the state at a moment, and when the last yes came that renewed none in force."""
    state, until, begun = ConsentState.NONE, None, None
    for mark in in_order(marks):
        if mark.at > at:
            break
        before = _aged(state, until, mark.at)
        state = step(before, mark.state)
        if mark.state is ConsentState.GIVEN:
            until, begun = mark.until, begun if before is ConsentState.GIVEN else mark.at
    return _aged(state, until, at), begun
