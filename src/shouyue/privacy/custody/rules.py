"""Pure decisions: which ground keeps a value, until when, and who may read it meanwhile."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from shouyue.privacy.clearance.types import Need as Asked
from shouyue.privacy.custody.errors import HoldUnfit, NoWarrant
from shouyue.privacy.custody.types import Ground, GroundKind, Hold, Kept, NewHold
from shouyue.privacy.keys.types import Need, Stored, Warrant
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Anchor, Basis
from shouyue.privacy.statutes.types import Keeping

LONGEST = timedelta(days=90)
"""A hold ends by itself after this long; who needs it longer places another, and two look again."""

HOLDS_KEPT = timedelta(days=3 * 366)
"""How long a hold is remembered after its end: the time for suits (Civil Code 188)."""

PURPOSES = {
    Need.AUTHORITY: Purpose.P12,
    Need.LEGAL_CLAIM: Purpose.P13,
    Need.SECURITY: Purpose.P7,
    Need.ERASE: Purpose.P13,
}
"""Under which purpose of the policy a read in custody stands in the person's own list."""

NEEDS = {
    Need.AUTHORITY: Asked.HELD_ORDER,
    Need.LEGAL_CLAIM: Asked.HELD_CLAIM,
    Need.SECURITY: Asked.HELD_SECURITY,
    Need.ERASE: Asked.HELD_ERASE,
}
"""For which need of staff a grant has to be asked that lets them read under a warrant."""

_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{2,39}")
_MONTHS = 12
_MINOR = "minor"


def grounds(
    found: Stored,
    laws: Iterable[Keeping],
    holds: Iterable[Hold],
    happened: tuple[Anchor | None, datetime],
) -> tuple[Ground, ...]:
    """Return what keeps a value that is to be erased after an event; nothing lets it go.

    A statute keeps what is held by legal duty, from the event that the caller names or from the
    day on which the value was kept; of values that others replace it keeps those it names as
    earlier ones. A hold keeps whatever it covers.
    """
    item, (event, at) = Item(found.place.item), happened
    by_law = [
        Ground(GroundKind.STATUTE, law.id, end)
        for law in laws
        if item in law.items
        and found.basis == Basis.LEGAL_DUTY
        and (end := _end(law, found, event, at)) is not None
        and end > at
    ]
    by_hold = [Ground(one.kind, one.id, one.until) for one in holds if one.covers(item)]
    return (*by_law, *by_hold)


def concerned(
    items: Iterable[Item], laws: Iterable[Keeping], holds: Sequence[Hold], event: Anchor | None
) -> list[Item]:
    """Return those of the items that anything could keep."""
    laws = list(laws)
    lawful = {
        item for law in laws if law.runs_from in {event, Anchor.COLLECTED} for item in law.items
    }
    if event is Anchor.REPLACED:
        lawful.update(item for law in laws for item in law.earlier)
    return [item for item in items if item in lawful or any(one.covers(item) for one in holds)]


def months_after(at: datetime, months: int) -> datetime:
    """Return the same day so many months later, or the last of that month."""
    year, month = divmod(at.year * _MONTHS + at.month - 1 + months, _MONTHS)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError


def check_hold(new: NewHold, at: datetime) -> None:
    """Return if a hold may be asked for; raise HoldUnfit otherwise."""
    if new.kind is GroundKind.STATUTE:
        raise HoldUnfit(cause="kind")
    if not _CASE.fullmatch(new.case):
        raise HoldUnfit(cause="case")
    if not at < new.until <= at + LONGEST:
        raise HoldUnfit(cause="until")


def check_warrant(kept: Kept, warrant: Warrant, at: datetime) -> None:
    """Return if the ground named keeps this value now; raise NoWarrant otherwise (INV-14)."""
    if not any(one.ref == warrant.ground and one.until > at for one in kept.grounds):
        raise NoWarrant


def spell(grounds: Collection[Ground], *, minor: bool) -> str:
    """Return grounds as one line of the erasure journal carries them, and whether a minor's."""
    words = sorted(f"{one.kind}/{one.ref}/{one.until.isoformat()}" for one in grounds)
    return " ".join([*words, *([_MINOR] if minor else [])])


def read(spelled: str) -> tuple[tuple[Ground, ...], bool]:
    """Return the grounds of a line of the erasure journal, and whether it says a minor's."""
    words = spelled.split()
    parts = [word.split("/") for word in words if word != _MINOR]
    grounds = tuple(
        Ground(GroundKind(kind), ref, datetime.fromisoformat(until)) for kind, ref, until in parts
    )
    return grounds, _MINOR in words


def _end(law: Keeping, found: Stored, event: Anchor | None, at: datetime) -> datetime | None:
    if law.runs_from is Anchor.COLLECTED:
        return months_after(found.at, law.months)
    if event is Anchor.REPLACED and found.place.item in law.earlier:
        return months_after(at, law.months)
    return months_after(at, law.months) if law.runs_from is event else None
