"""Every page of the room, in one list."""

from pathlib import Path

from shouyue.doors.site import account, evidence, login, public
from shouyue.doors.web.people import door

DOOR = door("site", Path(__file__).parent / "templates")

PAGES = (
    *public.PAGES,
    *evidence.PAGES,
    *login.PAGES,
    *account.PAGES,
)
