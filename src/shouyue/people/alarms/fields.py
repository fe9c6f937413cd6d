"""Fields that nobody declared: dropped where they come in, and noticed by their names (2.0, 5.2).

Whoever takes something in from outside says what is declared and hands the names of the rest over
here: forms, the event intake, the parent platform's log-in, the directory of shops, business
parameters of signed calls, answers of upstreams. An alarm has the place and the name, no value.
"""

import re
from collections.abc import Callable, Iterable

from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

Note = Callable[[str, str, str], None]
"""Counts one alarm by kind, place and what it is about: `Notes.note`."""

KIND = "form.undeclared"
UNSPEAKABLE = "?"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]-]{0,79}")
_LOOKS_LIKE_A_VALUE = re.compile(r"[0-9]{4}")
_MOST = 20


@control(
    Clause.C2_0,
    Clause.C5_2,
    says="What nobody declared is dropped at every door, and its name raises an alarm.",
)
def notice(note: Note, where: str, names: Iterable[str]) -> None:
    """Count one alarm for each undeclared field, twenty of one message at most.

    A name is a stranger's text too: one that could be a value is not repeated.
    """
    for name in sorted({_speakable(name) for name in names})[:_MOST]:
        note(KIND, where, name)


def unheard(_kind: str, _where: str, _about: str) -> None:
    """Stand for `Notes.note` where nobody is there to look at alarms."""


def _speakable(name: str) -> str:
    fit = _NAME.fullmatch(name) and not _LOOKS_LIKE_A_VALUE.search(name)
    return name if fit else UNSPEAKABLE
