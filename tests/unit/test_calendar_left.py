"""Working days that are left, as a clock on a page says them."""

from datetime import UTC, date, datetime

import pytest

from shouyue.ground.kit.calendar import working_days_left

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "left"),
    [
        (date(2026, 11, 23), 0),
        (date(2026, 11, 25), 2),
        (date(2026, 11, 30), 5),
        (date(2026, 11, 20), -1),
        (date(2026, 11, 18), -3),
    ],
)
def test_rest_days_are_not_counted(due: date, left: int) -> None:
    assert working_days_left(MONDAY, due) == left
