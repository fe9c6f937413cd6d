"""Every page of the room, in one list."""

from pathlib import Path

from shouyue.doors.web.people import door
from shouyue.doors.workbench import debugger, explorer, inspector, openapi, stubs

DOOR = door("workbench", Path(__file__).parent / "templates")

PAGES = (*explorer.PAGES, *debugger.PAGES, *inspector.PAGES, *openapi.PAGES, *stubs.PAGES)
