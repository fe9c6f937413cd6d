"""SQL in, values out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.bulk import Bulk
from shouyue.ground.store.session import ReadSession, Session
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.items import Item
from shouyue.privacy.policy.purposes import Purpose
from shouyue.privacy.policy.types import Basis, RecipientKind
from shouyue.privacy.sharing.tables import (
    DataRelease,
    DataReleaseRef,
    DataReleaseSubject,
    ProvisionRow,
    RecipientRow,
)
from shouyue.privacy.sharing.types import (
    Provision,
    ProvisionState,
    Recipient,
    Released,
    Standing,
    Under,
)

ReleaseLine = tuple[str, str, str, str, str, datetime, str]
"""One release without its people: the columns of `_LINE`."""

_LINE = ("id", "provision", "items", "via", "request", "at", "leaf")
_add_releases = Bulk(DataRelease.__table__, _LINE)
_add_subjects = Bulk(DataReleaseSubject.__table__, ("subject", "release"))
_add_refs = Bulk(DataReleaseRef.__table__, ("ref", "release"))


def recipient(row: RecipientRow) -> Recipient:
    """Return the row as a value."""
    return Recipient(
        row.id,
        RecipientKind(row.kind),
        row.enterprise,
        row.contract,
        Standing(row.standing),
        row.since,
    )


def recipients(db: ReadSession) -> list[Recipient]:
    """Return all recipients, oldest first."""
    rows = db.scalars(sa.select(RecipientRow).order_by(RecipientRow.since, RecipientRow.id))
    return [recipient(row) for row in rows]


def provision(row: ProvisionRow) -> Provision:
    """Return the row as a value."""
    return Provision(
        id=row.id,
        recipient=row.recipient,
        subject=SubjectId(row.subject) if row.subject else None,
        items=frozenset(map(Item, row.items)),
        purpose=Purpose(row.purpose),
        basis=Basis(row.basis),
        clause=Clause(row.clause),
        case=row.case,
        state=ProvisionState(row.state),
        since=row.since,
        until=row.until,
        leaf=row.leaf,
    )


def standing_provisions(db: ReadSession, ids: Iterable[str]) -> dict[str, Under]:
    """Return what counts of these provisions as they are now."""
    columns = (ProvisionRow.state, ProvisionRow.items, ProvisionRow.since, ProvisionRow.until)
    chosen = (
        sa.select(ProvisionRow.id, *columns, RecipientRow.standing, RecipientRow.kind)
        .join(RecipientRow, RecipientRow.id == ProvisionRow.recipient)
        .where(ProvisionRow.id.in_(set(ids)))
    )
    return {
        identity: Under(
            ProvisionState(state),
            frozenset(items),
            since,
            until,
            Standing(standing),
            RecipientKind(kind),
        )
        for identity, state, items, since, until, standing, kind in db.execute(chosen)
    }


def provisions_of(db: ReadSession, subject: SubjectId) -> list[Provision]:
    """Return the provisions that rest on this person's decision, newest first."""
    chosen = sa.select(ProvisionRow).where(ProvisionRow.subject == subject)
    newest = chosen.order_by(ProvisionRow.since.desc(), ProvisionRow.id.desc())
    return [provision(row) for row in db.scalars(newest)]


def live_rows(db: ReadSession, case: str) -> list[ProvisionRow]:
    """Return the provisions of a case that have not ended."""
    chosen = sa.select(ProvisionRow).where(
        ProvisionRow.case == case, ProvisionRow.state != ProvisionState.ENDED
    )
    return list(db.scalars(chosen))


def live_rows_of(
    db: ReadSession, people: Sequence[SubjectId], purpose: Purpose, recipient: str | None
) -> list[ProvisionRow]:
    """Return people's provisions for a purpose that have not ended; to one recipient, if told."""
    chosen = sa.select(ProvisionRow).where(
        ProvisionRow.subject.in_(people),
        ProvisionRow.purpose == purpose.value,
        ProvisionRow.state != ProvisionState.ENDED,
    )
    if recipient is not None:
        chosen = chosen.where(ProvisionRow.recipient == recipient)
    return list(db.scalars(chosen.order_by(ProvisionRow.id)))


def end(db: Session, ids: Sequence[str], at: datetime) -> None:
    """Let provisions end, those that this unit has met as well."""
    mine = sa.update(ProvisionRow).where(ProvisionRow.id.in_(ids))
    db.execute(mine.values(state=ProvisionState.ENDED.value, ended=at))


def releases(db: ReadSession, *, subject: SubjectId | None, ref: bytes | None) -> list[Released]:
    """Return what was released about a person of the house or a referenced one, newest first."""
    mine = (
        sa.select(DataReleaseSubject.release).where(DataReleaseSubject.subject == subject)
        if subject
        else sa.select(DataReleaseRef.release).where(DataReleaseRef.ref == ref)
    )
    chosen = (
        sa.select(DataRelease, ProvisionRow)
        .join(ProvisionRow, ProvisionRow.id == DataRelease.provision)
        .where(DataRelease.id.in_(mine))
        .order_by(DataRelease.at.desc(), DataRelease.id.desc())
    )
    return [
        Released(
            at=row.at,
            recipient=under.recipient,
            provision=under.id,
            items=frozenset(map(Item, row.items.split(","))),
            purpose=Purpose(under.purpose),
            basis=Basis(under.basis),
            clause=Clause(under.clause),
            via=row.via,
            request=row.request,
        )
        for row, under in db.execute(chosen)
    ]


def insert_releases(
    db: Session,
    releases: Sequence[ReleaseLine],
    subjects: Sequence[tuple[SubjectId, str]],
    refs: Iterable[tuple[bytes, str]],
) -> None:
    """Write many releases at once, and who was in which: each pair is a person and a release."""
    _add_releases(db, releases)
    _add_subjects(db, subjects)
    # In the order of the index: neighbours share a page, which is written once.
    _add_refs(db, sorted(refs, key=itemgetter(0)))
