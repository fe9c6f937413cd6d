"""What the system or the database has to say, as a sentence of the command line.

A statement's parameters and a row in an error may be personal data: of those nothing is told.
"""

import sqlalchemy as sa

from shouyue.assembly.errors import DatabaseSilent, Unusable
from shouyue.ground.kit.errors import Refusal


def told(error: Exception) -> Refusal | None:
    """Return the refusal for trouble outside of the house, None for a fault of our own."""
    if isinstance(error, BrokenPipeError):
        return None
    if isinstance(error, OSError):
        what = str(error.filename or "A file or a connection")
        return Unusable(what=what, why=error.strerror or str(error))
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    why = type(error.orig).__name__
    if error.statement is None and str(error.orig):  # from connecting: host, port, user, no row
        why = f"{why}: {str(error.orig).splitlines()[0]}"
    return DatabaseSilent(why=why)
