"""Every page of the console, in one list."""

from shouyue.doors.console import (
    access,
    access_answers,
    access_papers,
    alarms,
    desk,
    keys,
    reviews,
    sign_in,
)
from shouyue.doors.console.door import DOOR

PAGES = (
    *sign_in.PAGES,
    *reviews.PAGES,
    *access.PAGES,
    *access_answers.PAGES,
    *access_papers.PAGES,
    *desk.PAGES,
    *alarms.PAGES,
    *keys.PAGES,
)

__all__ = ["DOOR", "PAGES"]
