"""Every page of the console, in one list."""

from shouyue.doors.console import alarms, holds, keys, reviews, sign_in
from shouyue.doors.console.door import DOOR

PAGES = (*sign_in.PAGES, *reviews.PAGES, *alarms.PAGES, *keys.PAGES, *holds.PAGES)

__all__ = ["DOOR", "PAGES"]
