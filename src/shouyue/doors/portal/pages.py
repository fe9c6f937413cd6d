"""Every page of the room, in one list."""

from pathlib import Path

from shouyue.doors.portal import (
    apps,
    authorize,
    credentials,
    diagnose,
    docs,
    granted,
    limits,
    messages,
)
from shouyue.doors.web.people import door

DOOR = door("portal", Path(__file__).parent / "templates")

PAGES = (
    *apps.PAGES,
    *credentials.PAGES,
    *authorize.PAGES,
    *docs.PAGES,
    *granted.PAGES,
    *limits.PAGES,
    *messages.PAGES,
    *diagnose.PAGES,
)
