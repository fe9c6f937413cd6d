"""Who was in what a recipient was sent between two moments: how far a leaked credential reaches.

Article 57 of the PIPL asks for the kinds of information and whom to tell. An answer is read from
the releases alone, so it holds whatever has become of the recipient since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession
from shouyue.privacy.policy.items import Item
from shouyue.privacy.sharing.tables import (
    DataRelease,
    DataReleaseRef,
    DataReleaseSubject,
    ProvisionRow,
)

_Who = TypeVar("_Who", SubjectId, bytes)


@dataclass(frozen=True, slots=True)
class Reached:
    """Whose items left: people of the house, and buyers by `buyer_ref`.

    Who has been erased since is among them, for three years, by an id behind which nothing is.
    """

    people: dict[SubjectId, frozenset[Item]]
    buyers: dict[bytes, frozenset[Item]]


def reached(
    db: ReadSession, recipient: str, since: datetime, until: datetime, case: str = ""
) -> Reached:
    """Return who was in what one recipient got from one moment to before another.

    With a `case` (a grant's id), only what left under it. Releases are found by their time; who
    was in them is looked for among all, since a place for each person would cost every call.
    """
    sent = (
        sa.select(DataRelease.id, DataRelease.items)
        .join(ProvisionRow, ProvisionRow.id == DataRelease.provision)
        .where(
            DataRelease.at >= since,
            DataRelease.at < until,
            ProvisionRow.recipient == recipient,
        )
    )
    if case:
        sent = sent.where(ProvisionRow.case == case)
    chosen = sent.cte("chosen")
    subjects, refs = DataReleaseSubject, DataReleaseRef
    people = sa.select(subjects.subject, chosen.c["items"]).join(
        chosen, chosen.c.id == subjects.release
    )
    buyers = sa.select(refs.ref, chosen.c["items"]).join(chosen, chosen.c.id == refs.release)
    return Reached(
        _gathered((SubjectId(who), items) for who, items in db.execute(people.distinct())),
        _gathered((bytes(who), items) for who, items in db.execute(buyers.distinct())),
    )


def _gathered(rows: Iterable[tuple[_Who, str]]) -> dict[_Who, frozenset[Item]]:
    found: dict[_Who, frozenset[Item]] = {}
    for who, items in rows:
        found[who] = found.get(who, frozenset()) | set(map(Item, items.split(",")))
    return found
