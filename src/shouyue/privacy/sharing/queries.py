"""SQL in, values out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.asked import Asked, among
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

_TO = RecipientRow.metadata.tables[RecipientRow.__tablename__]
_UNDER = ProvisionRow.metadata.tables[ProvisionRow.__tablename__]
_TO_ALL = [column.name for column in _TO.c]
_UNDER_ALL = [column.name for column in _UNDER.c]
_add_recipient = Bulk(_TO, _TO_ALL)
_add_provision = Bulk(_UNDER, _UNDER_ALL)
_recipients = Asked(sa.select(_TO).order_by(_TO.c.since, _TO.c.id))
_recipient = Asked(sa.select(_TO).where(_TO.c.id == sa.bindparam("id")))
_stand = Asked(
    sa.update(_TO)
    .where(_TO.c.id == sa.bindparam("whose"))
    .values(standing=sa.bindparam("now"))
    .returning(_TO.c.id)
)
_standing = Asked(
    sa.select(
        *(_UNDER.c[name] for name in ("id", "state", "items", "since", "until")),
        *(_TO.c.standing, _TO.c.kind),
    )
    .join_from(_UNDER, _TO, _TO.c.id == _UNDER.c.recipient)
    .where(among(_UNDER.c.id, "ids"))
)
_of_person = Asked(
    sa.select(_UNDER)
    .where(_UNDER.c.subject == sa.bindparam("subject"))
    .order_by(_UNDER.c.since.desc(), _UNDER.c.id.desc())
)
_LIVE = sa.select(_UNDER.c.id, _UNDER.c.subject, _UNDER.c.basis, _UNDER.c.recipient).where(
    _UNDER.c.state != ProvisionState.ENDED.value
)
_live_of_case = Asked(_LIVE.where(_UNDER.c.case_ref == sa.bindparam("case")))
_live_of_people = Asked(
    _LIVE.where(
        among(_UNDER.c.subject, "people"), _UNDER.c.purpose == sa.bindparam("purpose")
    ).order_by(_UNDER.c.id)
)
_end = Asked(
    sa.update(_UNDER)
    .where(among(_UNDER.c.id, "ids"))
    .values(state=ProvisionState.ENDED.value, ended=sa.bindparam("at"))
)


def recipient(db: ReadSession, recipient_id: str) -> Recipient | None:
    """Return one recipient."""
    return next(map(_recipient_value, _recipient(db, id=recipient_id)), None)


def add_recipient(db: Session, new: Recipient) -> None:
    """Write a recipient down."""
    row = new.id, new.kind.value, new.enterprise, new.contract, new.standing.value, new.since
    _add_recipient(db, [row])


def set_standing(db: Session, recipient_id: str, standing: Standing) -> bool:
    """Let a recipient stand so; answer no where there is none."""
    return bool(_stand(db, whose=recipient_id, now=standing.value))


def _recipient_value(row: Any) -> Recipient:
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
    return [_recipient_value(row) for row in _recipients(db)]


def add_provision(db: Session, new: Provision, notice: str) -> None:
    """Write a provision down, with the digest of what the person was shown."""
    row = {
        "id": new.id,
        "recipient": new.recipient,
        "subject": new.subject,
        "items": sorted(item.value for item in new.items),
        "purpose": new.purpose.value,
        "basis": new.basis.value,
        "clause": new.clause.value,
        "notice": notice,
        "case_ref": new.case,
        "state": new.state.value,
        "since": new.since,
        "until": new.until,
        "ended": None,
        "leaf": new.leaf,
    }
    _add_provision(db, [tuple(row[name] for name in _UNDER_ALL)])


def _provision(row: Any) -> Provision:
    return Provision(
        id=row.id,
        recipient=row.recipient,
        subject=SubjectId(row.subject) if row.subject else None,
        items=frozenset(map(Item, row.items)),
        purpose=Purpose(row.purpose),
        basis=Basis(row.basis),
        clause=Clause(row.clause),
        case=row.case_ref,
        state=ProvisionState(row.state),
        since=row.since,
        until=row.until,
        leaf=row.leaf,
    )


def standing_provisions(db: ReadSession, ids: Iterable[str]) -> dict[str, Under]:
    """Return what counts of these provisions as they are now."""
    return {
        row.id: Under(
            ProvisionState(row.state),
            frozenset(row.items),
            row.since,
            row.until,
            Standing(row.standing),
            RecipientKind(row.kind),
        )
        for row in _standing(db, ids=list(set(ids)))
    }


def provisions_of(db: ReadSession, subject: SubjectId) -> list[Provision]:
    """Return the provisions that rest on this person's decision, newest first."""
    return [_provision(row) for row in _of_person(db, subject=subject)]


def live_rows(db: ReadSession, case: str) -> list[Any]:
    """Return the provisions of a case that have not ended: id, subject, basis, recipient."""
    return _live_of_case(db, case=case)


def live_rows_of(
    db: ReadSession, people: Sequence[SubjectId], purpose: Purpose, recipient: str | None
) -> list[Any]:
    """Return people's provisions for a purpose that have not ended; to one recipient, if told."""
    rows = _live_of_people(db, people=list(people), purpose=purpose.value)
    return [row for row in rows if recipient is None or row.recipient == recipient]


def end(db: Session, ids: Sequence[str], at: datetime) -> None:
    """Let provisions end."""
    _end(db, ids=list(ids), at=at)


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
