"""Every page of the console, in one list."""

from shouyue.doors.console import alarms, emergencies, keys, register, reviews, sign_in
from shouyue.doors.console.door import DOOR

PAGES = (
    *sign_in.PAGES,
    *reviews.PAGES,
    *alarms.PAGES,
    *emergencies.PAGES,
    *register.PAGES,
    *keys.PAGES,
)

__all__ = ["DOOR", "PAGES"]
