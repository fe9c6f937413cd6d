"""Vectors: days of receipt in 2026 with their fifteenth working day, from the yearly notice."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouyue.ground.kit import calendar
from shouyue.ground.kit.calendar import BEIJING, days_after, working_days_after, works

VECTORS = [
    ("2026-01-01", "2026-01-16", "2026-01-22"),
    ("2026-02-13", "2026-02-28", "2026-03-12"),
    ("2026-02-14", "2026-03-01", "2026-03-13"),
    ("2026-02-23", "2026-03-10", "2026-03-13"),
    ("2026-02-28", "2026-03-15", "2026-03-20"),
    ("2026-04-03", "2026-04-18", "2026-04-27"),
    ("2026-04-30", "2026-05-15", "2026-05-25"),
    ("2026-05-09", "2026-05-24", "2026-05-29"),
    ("2026-06-18", "2026-07-03", "2026-07-10"),
    ("2026-09-18", "2026-10-03", "2026-10-15"),
    ("2026-09-20", "2026-10-05", "2026-10-16"),
    ("2026-09-24", "2026-10-09", "2026-10-22"),
    ("2026-09-30", "2026-10-15", "2026-10-27"),
    ("2026-10-10", "2026-10-25", "2026-10-30"),
    ("2026-11-23", "2026-12-08", "2026-12-14"),
    ("2026-12-10", "2026-12-25", "2026-12-31"),
]


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING) + timedelta(
        hours=12
    )


@pytest.mark.parametrize(("receipt", "in_days", "in_working_days"), VECTORS)
def test_the_fifteenth_day_is_as_the_notice_gives_it(
    receipt: str, in_days: str, in_working_days: str
) -> None:
    assert days_after(noon(receipt), 15).day == date.fromisoformat(in_days)
    due = working_days_after(noon(receipt), 15)
    assert due.day == date.fromisoformat(in_working_days)
    assert not due.provisional


def test_a_year_without_a_notice_makes_the_date_provisional() -> None:
    assert working_days_after(noon("2026-12-11"), 15).provisional


def test_2026_has_248_working_days() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(works(day) for day in year) == 248


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis adds the zones
def test_the_zone_of_the_receipt_does_not_matter(moment: datetime) -> None:
    assert working_days_after(moment, 15) == working_days_after(moment.astimezone(BEIJING), 15)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 10)))
def test_fifteen_working_days_are_more_than_fifteen_days_and_at_most_28(day: date) -> None:
    span = (working_days_after(noon(day.isoformat()), 15).day - day).days
    assert 15 < span <= 28


def test_each_shipped_notice_names_its_document() -> None:
    assert all(year.notice for year in calendar.published().values())
