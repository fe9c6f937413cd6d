"""A moment is spelled for SQLite as SQLAlchemy spells it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from shouyue.ground.store.columns import Instant

DIALECT = sqlite.dialect()
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=ZONES))  # noqa: DTZ001
def test_a_moment_is_spelled_as_the_driver_would(moment: datetime) -> None:
    ours = Instant().dialect_impl(DIALECT).bind_processor(DIALECT)
    theirs = DateTime().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert ours is not None
    assert theirs is not None
    assert ours(moment) == theirs(moment.astimezone(UTC).replace(tzinfo=None))
    assert ours(None) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    spell = Instant().dialect_impl(DIALECT).bind_processor(DIALECT)
    assert spell is not None
    with pytest.raises(ValueError, match="zone"):
        spell(datetime(2026, 1, 1))  # noqa: DTZ001
