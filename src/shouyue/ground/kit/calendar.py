"""Working days (工作日) by the official calendar, in Asia/Shanghai.

A day works when it is a weekday that the State Council's notice does not take off, or a weekend
day that the notice makes up. A year without a notice is provisional: weekdays are counted and the
answer says so. The day of receipt never counts (Civil Code 201); a due day ends at 24:00.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Year:
    """One published notice."""

    year: int
    notice: str
    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class Due:
    """A due day; `provisional` when a year on the way has no published notice yet."""

    day: date
    provisional: bool

    @property
    def ends(self) -> datetime:
        """Return the first moment after the due day, aware, in Beijing time."""
        return datetime.combine(self.day + timedelta(days=1), datetime.min.time(), BEIJING)


@cache
def published() -> Mapping[int, Year]:
    """Return the notices that ship with the house, by year."""
    folder = resources.files("shouyue.ground.kit.workdays")
    files = (entry for entry in folder.iterdir() if entry.name.endswith(".toml"))
    years = (_read(tomllib.loads(entry.read_text(encoding="utf-8"))) for entry in files)
    return {year.year: year for year in years}


def _read(notice: Mapping[str, object]) -> Year:
    year = notice["year"]
    days = {
        key: frozenset(date.fromisoformat(f"{year}-{day}") for day in notice[key])  # type: ignore[attr-defined]  # a TOML array of strings
        for key in ("off", "work")
    }
    return Year(int(str(year)), str(notice["notice"]), days["off"], days["work"])


def works(day: date, years: Mapping[int, Year] | None = None) -> bool:
    """Tell whether the day is a working day."""
    notice = (years if years is not None else published()).get(day.year)
    weekday = day.weekday() < _SATURDAY
    if notice is None:
        return weekday
    return day in notice.work or (weekday and day not in notice.off)


def working_days_after(
    receipt: datetime, count: int, years: Mapping[int, Year] | None = None
) -> Due:
    """Return the `count`-th working day after the Beijing day of receipt."""
    known = years if years is not None else published()
    day = receipt.astimezone(BEIJING).date()
    provisional = False
    while count:
        day += timedelta(days=1)
        provisional = provisional or day.year not in known
        count -= works(day, known)
    return Due(day, provisional)


def working_days_left(now: datetime, due: date) -> int:
    """Return how many working days lie after today in Beijing up to `due`; negative when late."""
    today = now.astimezone(BEIJING).date()
    first, last = min(today, due), max(today, due)
    days = (first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1))
    count = sum(works(day) for day in days)
    return count if due >= today else -count


def days_after(receipt: datetime, count: int) -> Due:
    """Return the `count`-th calendar day after the Beijing day of receipt."""
    return Due(receipt.astimezone(BEIJING).date() + timedelta(days=count), provisional=False)


def full_days(first: datetime, last: datetime) -> int:
    """Return the full Beijing days between two moments, the day of the first not counted."""
    after = first.astimezone(BEIJING).date() + timedelta(days=1)
    return (last.astimezone(BEIJING).date() - after).days
