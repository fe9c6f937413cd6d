"""Many rows at once: none is lost, none is doubled, and moments stay moments."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from shouyue.ground.store.bulk import Bulk
from shouyue.platform.traffic.tables import HourRow
from tests.house import MONDAY, House

NAMES = ("app", "since", "api", "calls", "errors", "millis", "octets")
REST = ("in_10", "in_30", "in_100", "in_300", "in_1000", "in_more")


@pytest.mark.parametrize("count", [0, 1, 127, 128, 300])
def test_a_group_of_any_size_is_written_whole(house: House, count: int) -> None:
    add = Bulk(HourRow.__table__, NAMES + REST)
    rows = [
        (f"app-{number}", MONDAY + timedelta(hours=number), "a", number, *[0] * 9)
        for number in range(count)
    ]
    with house.store.begin() as db:
        add(db, rows)
    with house.store.read() as db:
        found = list(db.execute(sa.select(HourRow.app, HourRow.since, HourRow.calls)))
    assert sorted(found) == sorted((row[0], row[1], row[3]) for row in rows)
