"""Every page of the room, in one list. It is entered through the console's door."""

from dataclasses import replace
from pathlib import Path

from shouyue.doors.console.pages import DOOR as CONSOLE
from shouyue.doors.stewards import emergencies, handling, holds, reach, register

DOOR = replace(CONSOLE, name="stewards", templates=Path(__file__).parent / "templates")

PAGES = (
    *register.PAGES,
    *reach.PAGES,
    *handling.PAGES,
    *emergencies.PAGES,
    *holds.PAGES,
)
