"""Charts and sums without a page: where marks lie, what a quantile is, when a step begins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.doors.statistics import charts, sums
from shouyue.doors.statistics.sums import Span, Sum
from shouyue.platform.traffic.types import STEPS, Hour

NOW = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)  # 10:40 in Beijing
TOOK = st.lists(st.integers(0, 50), min_size=len(STEPS) + 1, max_size=len(STEPS) + 1)


def hour(since: datetime, calls: int = 1, errors: int = 0, api: str = "a") -> Hour:
    return Hour("app", api, since, calls, errors, calls * 7, 9, (calls, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("span", "first", "last", "count"),
    [
        (Span.DAY, "2026-11-22T11:00", "2026-11-23T10:00", 24),
        (Span.WEEK, "2026-11-16T12:00", "2026-11-23T06:00", 28),
        (Span.MONTH, "2026-10-25T00:00", "2026-11-23T00:00", 30),
    ],
)
def test_steps_begin_on_whole_hours_and_days_in_beijing(
    span: Span, first: str, last: str, count: int
) -> None:
    begun = sums.starts(span, NOW)
    spelled = [one.isoformat(timespec="minutes").removesuffix("+08:00") for one in begun]
    assert (spelled[0], spelled[-1], len(begun)) == (first, last, count)


@given(st.sampled_from(Span), st.lists(st.integers(0, 800), max_size=20))
def test_every_hour_of_the_range_is_counted_in_one_step(span: Span, back: list[int]) -> None:
    begun = sums.starts(span, NOW)
    whole = NOW.replace(minute=0)
    hours = [hour(whole - timedelta(hours=number)) for number in back]
    inside = [one for one in hours if one.since >= begun[0]]
    assert sum(one.calls for one in sums.by_step(hours, begun)) == len(inside)


@given(TOOK)
def test_a_quantile_is_the_step_under_which_so_many_calls_stay(took: list[int]) -> None:
    one = Sum(calls=sum(took), took=tuple(took))
    for place, percent in ((one.half, 50), (one.most, 95)):
        if not one.calls:
            assert place is None
            continue
        assert place is not None
        assert sum(took[: place + 1]) * 100 >= one.calls * percent
        assert sum(took[:place]) * 100 < one.calls * percent


def test_a_step_is_said_in_milliseconds() -> None:
    said = [sums.limit(place) for place in (None, 0, 4, 5)]
    assert said == ["", "≤ 10", "≤ 1000", "> 1000"]
    assert charts.levels() == ["> 1000", "≤ 1000", "≤ 300", "≤ 100", "≤ 30", "≤ 10"]


@given(st.lists(st.integers(0, 10**9), max_size=5))
def test_the_top_of_a_scale_is_at_or_a_little_above_the_highest_value(values: list[int]) -> None:
    most = max(values, default=0)
    found = charts.top(values)
    assert max(1, most) <= found <= max(1, most * 2)


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=1, max_size=30))
def test_all_marks_lie_inside_the_drawing(drawn: list[tuple[int, int]]) -> None:
    steps = [Sum(good + bad, bad, 0, 0, (good, 0, bad, 0, 0, 0)) for good, bad in drawn]
    most = charts.top([one.calls for one in steps])
    bars = [bar for stack in charts.stacks(steps, most) for bar in (stack.good, stack.bad)]
    reaches = charts.reaches(steps)
    bars += [bar for reach in reaches for bar in (reach.span, reach.half, reach.most)]
    for bar in bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= len(steps) * charts.WIDE
        assert bar.y >= -0.01
        assert bar.height >= 0
        assert bar.y + bar.height <= charts.HIGH + 0.02
    assert len(reaches) == sum(one.calls > 0 for one in steps)


def test_one_failure_among_many_calls_is_seen() -> None:
    [stack] = charts.stacks([Sum(calls=1_000_000, errors=1)], 1_000_000)
    assert stack.bad.height == 1
    assert stack.good.height == 99


@pytest.mark.parametrize(
    ("part", "whole", "filled"),
    [(0, 10, 0), (1, 10_000, 0.1), (5, 10, 50), (12, 10, 100), (1, 0, 0)],
)
def test_a_line_is_filled_by_its_share_and_never_beyond(
    part: int, whole: int, filled: float
) -> None:
    assert charts.share(part, whole) == filled


def test_apis_come_by_the_number_of_their_calls() -> None:
    found = sums.by_api([hour(NOW, 1), hour(NOW, 3, 1, "b"), hour(NOW, 1, 1)])
    assert [(api, one.calls, one.errors) for api, one in found] == [("b", 3, 1), ("a", 2, 1)]
