"""Every page of the room, in one list."""

from pathlib import Path

from shouyue.doors.centre import certification, confirmation, privacy
from shouyue.doors.web.people import door

DOOR = door("centre", Path(__file__).parent / "templates")

PAGES = (
    *certification.PAGES,
    *confirmation.PAGES,
    *privacy.PAGES,
)
