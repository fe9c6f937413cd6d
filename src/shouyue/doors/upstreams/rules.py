"""When an upstream is asked no more for a while: a circuit breaker, without clock or effect.

Closed: everything passes, and outcomes are counted in two windows that take turns. Open: nothing
passes until it has rested. Half-open: one call alone passes, and its outcome decides.
"""

from dataclasses import dataclass
from enum import StrEnum

Ticket = int
"""Of which time a call is: the outcome of one that began before the last turn decides nothing."""


class State(StrEnum):
    """How the way stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Turn(StrEnum):
    """What an outcome changed."""

    NONE = "none"
    OPENED = "opened"
    STILL_AWAY = "still-away"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Terms:
    """Opens when `share` of at least `least` calls failed in a window of so many `seconds`.

    What counts are this window and the one before. `rest` seconds later one call may try.
    """

    seconds: float = 5.0
    least: int = 20
    share: float = 0.5
    rest: float = 5.0


class Circuit:
    """One upstream's. Moments are seconds that never go back."""

    __slots__ = ("_bad", "_before", "_good", "_probing", "_since", "_terms", "_ticket", "state")

    def __init__(self, terms: Terms, now: float) -> None:
        """Begin closed."""
        self.state = State.CLOSED
        self._terms = terms
        self._ticket: Ticket = 0
        self._probing = False
        self._begin(now)

    def ask(self, now: float) -> Ticket | None:
        """Return a ticket to be told or withdrawn, or None: do not ask."""
        if self.state is State.CLOSED:
            return self._ticket
        if self.state is State.OPEN and now - self._since >= self._terms.rest:
            self.state = State.HALF_OPEN
            self._ticket += 1
        if self.state is State.OPEN or self._probing:
            return None
        self._probing = True
        return self._ticket

    def tell(self, ticket: Ticket, now: float, *, good: bool) -> Turn:
        """Take an outcome: whether the upstream was there, whatever it said."""
        if ticket != self._ticket or self.state is State.OPEN:
            return Turn.NONE
        if self.state is State.HALF_OPEN:
            return self._decide(now, good=good)
        if now - self._since >= self._terms.seconds:
            self._next_window(now)
        if good:
            self._good += 1
            return Turn.NONE
        self._bad += 1
        bad, all_ = self._bad + self._before[1], sum(self._before) + self._good + self._bad
        if all_ < self._terms.least or bad < self._terms.share * all_:
            return Turn.NONE
        self._open(now)
        return Turn.OPENED

    def withdraw(self, ticket: Ticket) -> None:
        """Take a ticket back that told nothing of the upstream."""
        if ticket == self._ticket:
            self._probing = False

    def wait(self, now: float) -> float:
        """Return after how many seconds it is worth asking again."""
        if self.state is State.OPEN:
            return max(0.0, self._terms.rest - (now - self._since))
        return 0.0 if self.state is State.CLOSED else self._terms.rest

    def _decide(self, now: float, *, good: bool) -> Turn:
        self._probing = False
        if not good:
            self._open(now)
            return Turn.STILL_AWAY
        self.state = State.CLOSED
        self._ticket += 1
        self._begin(now)
        return Turn.BACK

    def _open(self, now: float) -> None:
        self.state, self._since = State.OPEN, now
        self._ticket += 1

    def _begin(self, now: float) -> None:
        self._since, self._good, self._bad = now, 0, 0
        self._before = (0, 0)

    def _next_window(self, now: float) -> None:
        kept = now - self._since < 2 * self._terms.seconds
        self._before = (self._good, self._bad) if kept else (0, 0)
        self._since, self._good, self._bad = now, 0, 0
