"""When an upstream is asked no more, and when again: by example, and against a model."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shouyue.doors.upstreams.rules import Circuit, State, Terms, Ticket, Turn

TERMS = Terms(seconds=10.0, least=4, share=0.5, rest=3.0)


def outcomes(circuit: Circuit, now: float, signs: str) -> list[Turn]:
    """Ask and tell, one after the other: `+` for an answer, `-` for none."""
    told = []
    for sign in signs:
        ticket = circuit.ask(now)
        assert ticket is not None
        told.append(circuit.tell(ticket, now, good=sign == "+"))
    return told


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit(TERMS, now)
    assert outcomes(circuit, now, "----")[-1] is Turn.OPENED
    return circuit


def test_a_few_failures_are_no_reason() -> None:
    circuit = Circuit(TERMS, 0.0)
    assert set(outcomes(circuit, 0.0, "---")) == {Turn.NONE}
    assert circuit.state is State.CLOSED


def test_it_opens_when_half_of_enough_calls_failed_and_says_so_once() -> None:
    circuit = Circuit(TERMS, 0.0)
    assert outcomes(circuit, 0.0, "++--")[-1] is Turn.OPENED
    assert circuit.ask(0.0) is None
    assert circuit.wait(1.0) == 2.0


def test_failures_are_forgotten_after_two_windows() -> None:
    circuit = Circuit(TERMS, 0.0)
    outcomes(circuit, 0.0, "---")
    assert outcomes(circuit, 20.0, "-") == [Turn.NONE]
    assert circuit.state is State.CLOSED


def test_failures_of_the_window_before_still_count() -> None:
    circuit = Circuit(TERMS, 0.0)
    outcomes(circuit, 0.0, "---")
    assert outcomes(circuit, 10.0, "-") == [Turn.OPENED]


def test_after_its_rest_one_call_alone_may_try() -> None:
    circuit = opened()
    assert circuit.ask(2.9) is None
    assert circuit.ask(3.0) is not None
    assert circuit.ask(3.0) is None


def test_a_probe_that_is_answered_closes_it_and_one_that_is_not_lets_it_rest_again() -> None:
    circuit = opened()
    assert outcomes(circuit, 3.0, "-") == [Turn.STILL_AWAY]
    assert circuit.ask(5.9) is None
    assert outcomes(circuit, 6.0, "+") == [Turn.BACK]
    assert outcomes(circuit, 6.0, "++") == [Turn.NONE, Turn.NONE]


def test_a_probe_that_was_given_up_leaves_its_place_to_the_next() -> None:
    circuit = opened()
    probe = circuit.ask(3.0)
    assert probe is not None
    circuit.withdraw(probe)
    assert circuit.ask(3.0) is not None


def test_what_began_before_it_opened_decides_nothing_afterwards() -> None:
    circuit = Circuit(TERMS, 0.0)
    early = circuit.ask(0.0)
    assert early is not None
    outcomes(circuit, 0.0, "----")
    probe = circuit.ask(3.0)
    assert circuit.tell(early, 3.0, good=True) is Turn.NONE
    assert circuit.state is State.HALF_OPEN
    assert probe is not None
    assert circuit.tell(probe, 3.0, good=False) is Turn.STILL_AWAY


class Model(RuleBasedStateMachine):
    """The same, told as a list of what happened: slow, and with nothing kept beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.circuit = Circuit(TERMS, 0.0)
        self.under_way: list[tuple[Ticket, int]] = []
        self.epoch = 0  # moves with each turn
        self.since = self.window = 0.0
        self.told: list[tuple[float, bool]] = []  # (window, good) since it closed
        self.state = State.CLOSED
        self.probes = 0

    @rule(by=st.sampled_from([0.0, 0.5, 3.0, 10.0, 25.0]))
    def time_goes_by(self, by: float) -> None:
        self.now += by

    @rule()
    def somebody_asks(self) -> None:
        rested = self.now - self.since >= TERMS.rest
        if self.state is State.OPEN and rested:
            self.state, self.epoch, self.probes = State.HALF_OPEN, self.epoch + 1, 0
        passes = self.state is State.CLOSED or (self.state is State.HALF_OPEN and self.probes == 0)
        ticket = self.circuit.ask(self.now)
        assert (ticket is not None) == passes
        if ticket is not None:
            self.probes += 1
            self.under_way.append((ticket, self.epoch))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), good=st.booleans())
    def an_outcome_is_there(self, data: st.DataObject, *, good: bool) -> None:
        place = data.draw(st.integers(0, len(self.under_way) - 1))
        ticket, epoch = self.under_way.pop(place)
        turn = self.circuit.tell(ticket, self.now, good=good)
        assert turn is self._expected(epoch, good=good)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def one_is_given_up(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.under_way) - 1))
        ticket, epoch = self.under_way.pop(place)
        self.circuit.withdraw(ticket)
        if epoch == self.epoch:
            self.probes = 0 if self.state is State.HALF_OPEN else self.probes

    @invariant()
    def both_agree_on_how_it_stands(self) -> None:
        assert self.circuit.state is self.state
        assert 0.0 <= self.circuit.wait(self.now) <= TERMS.rest

    def _expected(self, epoch: int, *, good: bool) -> Turn:
        if epoch != self.epoch or self.state is State.OPEN:
            return Turn.NONE
        if self.state is State.HALF_OPEN:
            return self._turned(State.CLOSED if good else State.OPEN)
        while self.now - self.window >= TERMS.seconds:
            gone = self.now - self.window >= 2 * TERMS.seconds
            self.told = [] if gone else [one for one in self.told if one[0] == self.window]
            self.window = self.now
        self.told.append((self.window, good))
        bad = [one for one in self.told if not one[1]]
        enough = len(self.told) >= TERMS.least and len(bad) >= TERMS.share * len(self.told)
        return self._turned(State.OPEN) if enough and not good else Turn.NONE

    def _turned(self, state: State) -> Turn:
        was, self.state = self.state, state
        self.epoch, self.told, self.probes = self.epoch + 1, [], 0
        self.since = self.window = self.now
        if state is State.CLOSED:
            return Turn.BACK
        return Turn.OPENED if was is State.CLOSED else Turn.STILL_AWAY


TestAgainstTheModel = Model.TestCase
