"""Limits that gateways share: never passed by more than is said, and nobody waits for nothing."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shouyue.platform.quotas.shares import Bound, Shares, Want

KEY = ("app", "api")


def bound(most: int) -> list[Bound]:
    return [(KEY, most, "name")]


class ModelPot:
    """What the counters do, in memory."""

    def __init__(self) -> None:
        self.used: dict[tuple[int, tuple[str, ...]], int] = {}

    def lease(self, wants: Sequence[Want]) -> list[int]:
        given = []
        for one in wants:
            used = self.used.get((one.second, one.key), 0) + one.owed
            given.append(max(0, min(one.wanted, one.most - used)))
            self.used[one.second, one.key] = used + given[-1]
        return given


def fill(shares: Shares, pot: ModelPot) -> None:
    wants = shares.wants()
    shares.given(wants, pot.lease(wants))


@given(
    most=st.integers(1, 200),
    steps=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=400),
)
def test_together_gateways_pass_a_limit_by_a_twentieth_each_at_most(
    most: int, steps: list[tuple[int, bool]]
) -> None:
    """Questions that are on their way for long (False) must not let more through."""
    pot, gateways, admitted = ModelPot(), [Shares() for _ in range(4)], 0
    for which, asks in steps:
        shares = gateways[which]
        if shares.lacks(bound(most), 7) or asks:
            fill(shares, pot)
        if shares.over(bound(most)) is None:
            shares.use(bound(most))
            admitted += 1
    assert admitted <= most + 4 * (most // 20)


@given(most=st.integers(1, 500))
def test_one_gateway_alone_gets_the_whole_limit(most: int) -> None:
    pot, shares, admitted = ModelPot(), Shares(), 0
    for _ in range(most + 10):
        if shares.lacks(bound(most), 7):
            fill(shares, pot)
        if shares.over(bound(most)) is None:
            shares.use(bound(most))
            admitted += 1
    assert most <= admitted <= most + most // 20


def test_most_calls_ask_nobody() -> None:
    pot, shares, waited = ModelPot(), Shares(), 0
    for _ in range(100):
        if shares.lacks(bound(100), 7):
            waited += 1
        if shares.is_wanting:
            fill(shares, pot)
        shares.use(bound(100))
    assert waited == 0


def test_a_limit_below_twenty_waits_for_its_turn_and_is_exact() -> None:
    shares = Shares()
    assert shares.lacks(bound(3), 7)


def test_the_next_second_begins_anew() -> None:
    pot, shares = ModelPot(), Shares()
    for second in (7, 8):
        for _ in range(3):
            shares.lacks(bound(3), second)
            fill(shares, pot)
            assert shares.over(bound(3)) is None
            shares.use(bound(3))
        shares.lacks(bound(3), second)
        fill(shares, pot)
        assert shares.over(bound(3)) is not None


def test_without_a_pot_nobody_waits_and_nothing_is_refused() -> None:
    shares = Shares()
    shares.lacks(bound(3), 7)
    assert shares.silent(shares.wants())
    assert not shares.lacks(bound(3), 7)
    assert shares.over(bound(3)) is None
    assert not shares.silent(shares.wants())


def test_what_was_used_alone_is_told_when_the_pot_is_back() -> None:
    pot, shares = ModelPot(), Shares()
    shares.lacks(bound(3), 7)
    shares.silent(shares.wants())
    for _ in range(2):
        shares.use(bound(3))
    shares.lacks(bound(3), 7)
    fill(shares, pot)
    assert pot.used[7, KEY] == 3
    assert shares.over(bound(3)) is None


def test_what_was_given_for_a_second_that_is_over_is_not_used() -> None:
    pot, shares = ModelPot(), Shares()
    shares.lacks(bound(3), 7)
    wants = shares.wants()
    shares.lacks(bound(3), 8)
    shares.given(wants, pot.lease(wants))
    assert shares.lacks(bound(3), 8)
