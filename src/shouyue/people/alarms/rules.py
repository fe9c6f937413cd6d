"""Pure decisions about alarms: how one may be called, how many may live, how long one stays."""

import re
from datetime import timedelta

KEEP = timedelta(days=3 * 365)
"""How long a closed alarm stays: as long as the evidence of access that it explains (DI-71)."""

MOST_ABOUT = 200
"""Living alarms of one kind at one place; what comes beyond is counted under `others`."""

MOST_NOTED = 1000
"""Different things that a process keeps in mind between two times of writing down."""

OTHERS = "others"
UNNAMED = "alarm.unnamed"

_KIND = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+")
_KIND_CHARS = 64


def kind(said: str) -> str:
    """Return the kind as it was said; one that is no dotted word is still an alarm."""
    fit = len(said) <= _KIND_CHARS and _KIND.fullmatch(said)
    return said if fit else UNNAMED
