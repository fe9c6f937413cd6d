"""The access log: what is written down of calls, what they sum up to, and when it goes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.jobs.tables import JobRow
from shouyue.ground.jobs.types import Job
from shouyue.platform.traffic import jobs, queries, rules, service
from shouyue.platform.traffic.errors import NoCall
from shouyue.platform.traffic.types import STEPS, Made
from tests.house import MONDAY, House

CALL = Made(
    request="0" * 26,
    at=MONDAY,
    app="app-1",
    api="open.order.detail",
    verb="POST",
    client="203.0.113.0/24",
    grant="grant-1",
    result=1,
    reason="",
    millis=12,
    upstream_ms=8,
    octets=1300,
)
JOB = Job("job", jobs.EXPIRE, "", {}, 1, MONDAY)


def call(number: int, **other: object) -> Made:
    """A call like the sample, with its own request id."""
    return CALL._replace(request=f"{number:026d}", **other)  # type: ignore[arg-type]


def record(house: House, *calls: Made) -> None:
    with house.store.begin() as db:
        service.record(db, calls)
        service.add_up(db, calls)


def test_a_call_is_found_by_its_request(house: House) -> None:
    record(house, call(1), call(2, result=27, reason="apps.signature"))
    with house.store.read() as db:
        assert service.call(db, call(2).request) == call(2, result=27, reason="apps.signature")


def test_calls_that_came_as_far_as_no_app_are_written_down_alone(house: House) -> None:
    record(house, call(1, app="", api="", result=12))
    with house.store.read() as db:
        assert service.call(db, call(1).request).result == 12
        assert service.recent(db, [""]) == []


def test_a_request_that_never_was_is_said_so(house: House) -> None:
    with house.store.read() as db, pytest.raises(NoCall):
        service.call(db, "nobody")


def test_a_call_is_diagnosed_for_seven_days_and_kept_for_a_year(house: House) -> None:
    record(house, call(1))
    house.clock.forward(days=8)
    with house.store.begin() as db:
        assert not service.expire(db)
        assert len(queries.calls_of(db, ["app-1"], MONDAY, 9)) == 1
        with pytest.raises(NoCall):
            service.call(db, call(1).request)
        house.clock.forward(days=360)
        assert not service.expire(db)
        assert queries.call(db, call(1).request, MONDAY) is None
        assert queries.calls_of(db, ["app-1"], MONDAY, 9) == []
        assert service.hours(db, "app-1", timedelta(days=9999)) == []


def test_only_the_apps_asked_for_are_shown_newest_first(house: House) -> None:
    late = call(2, at=MONDAY + timedelta(seconds=1))
    record(house, call(1), late, call(3, app="app-2"))
    with house.store.read() as db:
        assert service.recent(db, ["app-1"]) == [late, call(1)]


def test_the_newest_calls_of_several_apps_are_one_list(house: House) -> None:
    made = [
        call(number, app=f"app-{number % 2}", at=MONDAY + timedelta(milliseconds=number))
        for number in range(250)
    ]
    record(house, *made)
    with house.store.read() as db:
        assert service.recent(db, ["app-0", "app-1"]) == made[:-101:-1]


def test_a_call_of_the_moment_is_not_past_its_time(house: House) -> None:
    record(house, call(1))
    with house.store.begin() as db:
        queries.drop_before(db, MONDAY)
        assert service.call(db, call(1).request) == call(1)
        queries.drop_before(db, MONDAY + timedelta(milliseconds=1))
        with pytest.raises(NoCall):
            service.call(db, call(1).request)


def test_old_lines_go_group_after_group_until_none_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_AT_ONCE", 2)
    record(house, *(call(number) for number in range(5)))
    house.clock.forward(days=367)
    left = []
    for _ in range(3):
        with house.store.begin() as db:
            jobs.expire(db, JOB)
            left.append(len(queries.calls_of(db, ["app-1"], MONDAY, 9)))
            again = db.scalar(sa.select(sa.func.count()).select_from(JobRow))
    assert left == [3, 1, 0]
    assert again == 2  # the third met no full group


def test_groups_add_up_in_their_hour(house: House) -> None:
    record(house, call(1), call(2, millis=2000, result=11))
    record(house, call(3, millis=10), call(4, at=MONDAY + timedelta(hours=1)), call(5, app=""))
    with house.store.read() as db:
        first, second = service.hours(db, "app-1", timedelta(days=1))
    assert (first.calls, first.errors, first.millis) == (3, 1, 2022)
    assert first.took == (1, 1, 0, 0, 0, 1)
    assert (second.calls, second.since - first.since) == (1, timedelta(hours=1))


def test_failures_add_up_by_hour_api_and_reason_and_go_with_the_log(house: House) -> None:
    late = MONDAY + timedelta(hours=1)
    slow = {"result": 1016, "reason": "quotas.too-fast"}
    record(house, call(1), call(2, **slow), call(3, result=27, reason="apps.signature"))
    record(house, call(4, **slow), call(5, at=late, **slow), call(6, app="", **slow))
    with house.store.read() as db:
        found = service.faults(db, "app-1", timedelta(days=1))
    assert [(one.since - MONDAY, one.reason, one.calls) for one in found] == [
        (timedelta(0), "apps.signature", 1),
        (timedelta(0), "quotas.too-fast", 2),
        (timedelta(hours=1), "quotas.too-fast", 1),
    ]
    house.clock.forward(days=367)
    with house.store.begin() as db:
        service.expire(db)
        assert service.faults(db, "app-1", timedelta(days=9999)) == []


@given(st.lists(st.integers(0, 3000)))
def test_every_call_is_counted_in_one_step(times: list[int]) -> None:
    found = rules.sums(call(number, millis=took) for number, took in enumerate(times))
    assert sum(sum(one.took) for one in found) == len(times)
    for one in found:
        assert one.took[0] == sum(took <= STEPS[0] for took in times)
        assert one.took[-1] == sum(took > STEPS[-1] for took in times)


def test_nothing_is_written_for_no_calls(house: House) -> None:
    record(house)
    with house.store.read() as db:
        assert service.recent(db, ["app-1", ""]) == []
