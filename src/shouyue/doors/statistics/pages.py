"""Every page of the room, in one list."""

from pathlib import Path

from shouyue.doors.statistics import stats
from shouyue.doors.web.people import door

DOOR = door("statistics", Path(__file__).parent / "templates")

PAGES = stats.PAGES
