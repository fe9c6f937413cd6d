"""Whether a platform is where the settings say. Nothing is made by looking.

Only what opens a platform for the first time may make one. Any other command that came to a home
with a slip in its name would make a second platform there, empty, and report that all is well.
"""

from pathlib import Path

import sqlalchemy as sa

from shouyue.assembly.errors import NoHouse
from shouyue.assembly.settings import Settings


def check(settings: Settings) -> None:
    """Return if a platform was founded here; raise NoHouse, which names what is missing."""
    for path in (settings.home, settings.journal_folder):
        if not path.is_dir():
            raise NoHouse(home=str(settings.home.absolute()), what=_name(path, settings))
    for path in _files(settings):
        if not path.is_file():
            raise NoHouse(home=str(settings.home.absolute()), what=_name(path, settings))


def check_place(settings: Settings) -> None:
    """Return if a platform may be founded here; raise NoHouse.

    Outside development its folder has to be there: an operator has made it.
    """
    if not settings.development and not settings.home.is_dir():
        raise NoHouse(home=str(settings.home.absolute()), what=_name(settings.home, settings))


def _files(settings: Settings) -> list[Path]:
    files = [] if settings.key_service is not None else [settings.home / "root.key"]
    url = sa.make_url(settings.database_url)
    return [*files, Path(str(url.database))] if url.get_backend_name() == "sqlite" else files


def _name(path: Path, settings: Settings) -> str:
    """Return a path as seen from the home, or whole where it lies elsewhere."""
    inside = path.is_relative_to(settings.home) and path != settings.home
    return str(path.relative_to(settings.home) if inside else path.absolute())
